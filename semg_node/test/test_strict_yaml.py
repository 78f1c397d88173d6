# SPDX-License-Identifier: Apache-2.0
"""What people write is read with its lines; what could harm or surprise is refused in one line."""

import math

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_node.strict_yaml import (
    YamlError,
    YamlList,
    YamlMap,
    YamlRefused,
    YamlScalar,
    parse_yaml,
    read_yaml,
)

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc"), inner, max_size=4),
    max_leaves=20,
)

QOS = r"""
rosbag2_bagfile_information:
  version: 5
  storage_identifier: sqlite3
  duration:
    nanoseconds: 9223372036854775807
  starting_time:
    nanoseconds_since_epoch: 1732521600123456789
  topics_with_message_count:
    - topic_metadata:
        name: /emg/raw
        offered_qos_profiles: "- history: 3\n  depth: 0\n  lifespan:\n    sec: 9223372036"
      message_count: 18446744073709551615
  compression_format: ""
  compression_mode: NONE
  custom_data: ~
"""


class Text(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


def refusal(text, kind=YamlError):
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(kind) as caught:
        parse_yaml(content, "it.yaml")
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 250
    return message


@settings(deadline=None)
@given(value=PLAIN, flow=st.sampled_from([None, True, False]))
def test_what_pyyaml_writes_is_read_as_it_reads_it(value, flow):
    text = yaml.dump(value, Dumper=Text, default_flow_style=flow, allow_unicode=True)
    assert parse_yaml(text.encode(), "it.yaml").plain() == yaml.safe_load(text)


def test_metadata_as_rosbag2_writes_it_is_read():
    assert parse_yaml(QOS.encode(), "metadata.yaml").plain() == yaml.safe_load(QOS)


def test_every_key_and_value_knows_its_line():
    read = parse_yaml(b"# first\na: 1\nb:\n  - x\n  - {c: true}\n", "it.yaml")
    assert isinstance(read, YamlMap)
    first, second = read.entries
    assert (first.key.line, first.value) == (2, YamlScalar(1, 2))
    assert second.key.line == 3
    assert isinstance(second.value, YamlList)
    assert [item.line for item in second.value.items] == [4, 5]


def test_nothing_is_nothing():
    assert parse_yaml(b"# only words\n", "it.yaml").plain() is None


def test_a_date_stays_a_text():
    assert parse_yaml(b"version: 2026-01-31", "it.yaml").plain() == {"version": "2026-01-31"}


def test_numbers_that_are_not_finite_are_left_to_the_reader():
    read = parse_yaml(b"[.nan, -.inf]", "it.yaml").plain()
    assert math.isnan(read[0])
    assert read[1] == -math.inf


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: &x [*x]", "line 2: not valid YAML: found alias '*x', must be written out"),
        ("a: 1\na: 2", "line 2: not valid YAML: 'a' is already in line 1"),
        ("b: {a: 1, a: 1}", "line 1: not valid YAML: 'a' is already in line 1"),
        ("\n" + "[" * 40 + "]" * 40, "line 2: not valid YAML: nested deeper than 32 levels"),
        ("\n" + "[" * 100_000, "line 2: not valid YAML: nested deeper than 32 levels"),
        ("a: " + "{a: " * 100_000, "line 1: not valid YAML: nested deeper than 32 levels"),
        ("- " * 50 + "a", "nested deeper than 32 levels"),
        ("a:\n  !!python/object/apply:os.system [true]", "line 2: not valid YAML: found tag"),
        ("a: !!python/name:os.system x", "line 1: not valid YAML: found tag"),
        ("a: !!binary aGk=", "found tag 'tag:yaml.org,2002:binary', must be plain values"),
        ("a: !!set {b}", "found tag"),
        ("a: !mine b", "found tag '!mine', must be plain values"),
        ("{<<: {a: 1}}", "found tag 'tag:yaml.org,2002:merge'"),
        ("{[a]: b}", "found a list or mapping as a key"),
        ("a: 0x" + "f" * 10_000, "found an integer of no sensible size"),
        ("a: " + "1:" * 10_000 + "1", "found an integer of no sensible size"),
        ("a: " + "1" * 10_000 + ".0", "found a number of no sensible size"),
        ("a: " + "1:" * 10_000 + "1.5", "found a number of no sensible size"),
    ],
)
def test_what_is_more_than_plain_values_is_refused(text, said):
    assert said in refusal(text, YamlRefused)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: [1,\n", "line 3: not valid YAML"),
        ("a: 1\n\tb: 2", "line 2: not valid YAML"),
        ("a: 1\n--- \nb: 2", "line 2: not valid YAML"),
        ("a: 1\nb: \x07", "line 2: not valid YAML"),
        (b"a: 1\n\xff\xfe\x00", "line 2: not valid YAML: not UTF-8"),
        ("a: !!int x", "line 1: not valid YAML: 'x' is no int"),
        ("a: !!bool x", "line 1: not valid YAML: 'x' is no bool"),
        ("a: 0x_", "line 1: not valid YAML: '0x_' is no int"),
        ("a: *nothing", "found alias '*nothing'"),
        ('a: "\\UFFFFFFFF"', "not valid YAML"),
        ("a: !!float " + "9" * 60 + "\nb: !!float ''", "line 2: not valid YAML: '' is no float"),
    ],
)
def test_what_is_no_yaml_names_the_line(text, said):
    assert said in refusal(text)


def test_lines_that_multiply_each_other_are_refused_and_not_unfolded():
    lines = ["a0: &a0 [1, 1]"]
    lines += [f"a{n + 1}: &a{n + 1} [*a{n}, *a{n}]" for n in range(100)]
    assert "line 2: not valid YAML: found alias '*a0'" in refusal("\n".join(lines), YamlRefused)


@settings(deadline=None)
@given(st.binary(max_size=60) | st.text("[]{}:-!&*?|>'\"%@`#, \n\tab0", max_size=60))
def test_whatever_a_file_holds_is_read_or_refused_in_one_line(content):
    content = content if isinstance(content, bytes) else content.encode()
    said = ""
    try:
        parse_yaml(content, "it.yaml").plain()
    except YamlError as error:
        said = str(error)
    assert said == "" or said.startswith("it.yaml")
    assert "\n" not in said


def test_a_file_that_is_too_large_is_refused_unread(tmp_path):
    path = tmp_path / "large.yaml"
    path.write_bytes(b"[" * 101)
    with pytest.raises(YamlRefused, match=r"large\.yaml: 101 bytes, must be at most 100"):
        read_yaml(path, largest=100)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(YamlError, match=r"none\.yaml: no such file"):
        read_yaml(tmp_path / "none.yaml")
    with pytest.raises(YamlError, match="cannot be read"):
        read_yaml(tmp_path)
