# SPDX-License-Identifier: Apache-2.0
"""Common English words."""

from __future__ import annotations

_LIST = """
a about above across act add after again air all almost along also always am among an and animal
another any apple are arm around as ask at away baby back ball bank be bear because bed been
before began begin being bell below best better between big bird black blue boat body book both
box boy bring brother brown build but buy by cake call came can car care carry cat catch certain
chair change child city class clean clear climb close cloud coat cold color come common cook cool
corn cost could country course cover cross cry cup cut dance dark day dear deep did different
dinner do doctor dog done door down draw dream dress drink drive drop dry each ear early earth
east easy eat edge egg eight end enough even evening ever every exact eye face fact fall family
far farm fast father feel feet few field fight fill find fine fire first fish five floor flower
fly follow food foot for force form forty found four free friend from front fruit full game garden
gave get girl give glad glass go gold good got grass great green ground group grow had half hand
happy hard has hat have he head hear heart heat heavy help her here high hill him his hold home
hope horse hot hour house how hundred ice idea if in inch into is island it job join joke judge
juice jump just keep key kind king kitchen knew know lake land language large last late laugh lay
lead learn leave left leg less let letter life light like line list listen little live long look
lost lot love low made mail make man many map mark market may me mean measure meet men mile milk
mind minute miss money month moon more morning most mother mountain mouth move much music must my
name near need never new next night nine no noise north nose not note nothing notice now number
ocean of off often old on once one only open or orange order other our out over own page paint
paper park part party pass pay people person picture piece place plan plane plant play please
point poor power price prove pull push put quarter queen question quick quiet quite rain ran reach
read ready real red rest rich ride right ring river road rock room round rule run said sail same
sand sat save saw say school science sea seat second see seem sell send sentence set seven several
shape she ship shoe shop short should show side sign simple since sing sister sit six size skin
sky sleep slow small smile snow so soft some son song soon sound south space speak spell spoke
spring square stand star start state station stay step still stone stop store story street strong
study such sugar summer sun sure swim table take talk tall taxi tea teach tell ten test than that
the their them then there these they thing think third this those thought three through time tired
to today together told tomorrow too took top toward town train travel tree true try turn twelve
twenty two under until up us use usual value very visit voice wait walk wall want warm was wash
watch water way we wear weather week weight well went were west wet what wheel when where which
while white who whole why wide wild will wind window winter wish with without woman wonder wood
word work world would write wrong yard year yellow yes yesterday yet you young your zero zoo
"""

WORDS: tuple[str, ...] = tuple(_LIST.split())
"""In the order of the alphabet."""
