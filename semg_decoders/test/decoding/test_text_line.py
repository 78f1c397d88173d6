# SPDX-License-Identifier: Apache-2.0
import pytest

from semg_decoders.decoding.text_line import LineUpdate, TextLine


def written(characters, **options):
    line = TextLine(**options)
    assert line.write(characters) == []
    return line.text


@pytest.mark.parametrize(
    ("characters", "line"),
    [
        ("hello", "hello"),
        ("hellp⌫o", "hello"),
        ("wsfe⌫⌫⌫ill", "will"),
        ("⌫⌫a", "a"),
        ("ab⌫⌫⌫", ""),
        ("two words", "two words"),
        ("two_words", "two_words"),
        ("⇧a", "⇧a"),
    ],
)
def test_backspace_removes_the_last_character_and_all_else_is_written(characters, line):
    assert written(characters) == line


def test_a_swipe_can_be_a_space():
    assert written("two_words_⌫", swipe_is_space=True) == "two words"


@pytest.mark.parametrize("end", ["⏎", "🤏"])
def test_enter_and_pinch_end_the_line(end):
    line = TextLine()
    assert line.write(f"ab{end}c") == [LineUpdate(f"ab{end}", "ab", True)]
    assert (line.take_new(), line.text) == ("c", "c")


def test_several_lines_may_end_at_once_and_be_empty():
    updates = TextLine().write("a⏎⏎b⌫🤏")
    assert updates == [
        LineUpdate("a⏎", "a", True),
        LineUpdate("⏎", "", True),
        LineUpdate("b⌫🤏", "", True),
    ]


def test_backspace_does_not_reach_into_the_line_before():
    line = TextLine()
    line.write("ab⏎⌫c")
    assert line.text == "c"


def test_new_characters_are_told_once():
    line = TextLine()
    line.write("ab")
    assert line.take_new() == "ab"
    assert line.take_new() == ""
    assert line.write("c⏎") == [LineUpdate("c⏎", "abc", True)]


def test_what_is_pending_shows_up_to_the_end_that_it_would_bring():
    line = TextLine()
    line.write("hel")
    assert line.with_pending("p⌫lo⏎next") == "hello"
    assert line.text == "hel"
