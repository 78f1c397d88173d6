# SPDX-License-Identifier: Apache-2.0
from semg_decoders.decoding.characters import BLANK, CHARACTERS


def test_characters_are_the_published_classes(text_cases):
    assert [*CHARACTERS, BLANK] == text_cases["classes"]
