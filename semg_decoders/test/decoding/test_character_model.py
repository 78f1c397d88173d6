# SPDX-License-Identifier: Apache-2.0
import math

import pytest

from semg_decoders.decoding.character_model import CharacterModel, CharacterModelError

FILE = r"""a heading is allowed
\data\
ngram 1=5
ngram 2=2

\1-grams:
-99	<s>	-0.30
-0.60	</s>
-0.48	a	-0.18
-0.90	<space>
-1.50	<unk>

\2-grams:
-0.12	<s> a
-0.40	a <space>

\end\
"""


@pytest.fixture
def write(tmp_path):
    def write_one(text):
        path = tmp_path / "model.arpa"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write_one


@pytest.mark.parametrize(
    ("wanted", "context", "log10"),
    [
        ("a", ["<s>"], -0.12),
        ("<space>", ["<s>", "a"], -0.40),
        # Not seen together: the weight of the context, and the character alone.
        ("</s>", ["a"], -0.18 - 0.60),
        ("a", ["a"], -0.18 - 0.48),
        # No weight is written for a space: none is lost.
        ("a", ["<space>"], -0.48),
        ("a", [], -0.48),
        ("q", ["a"], -0.18 - 1.50),
        # An unknown character before is no context.
        ("a", ["q"], -0.48),
    ],
)
def test_probabilities_are_those_of_the_file(write, wanted, context, log10):
    model = CharacterModel.load(write(FILE))
    assert model.order == 2
    assert model.log_probability(wanted, context) == pytest.approx(log10 * math.log(10))


@pytest.mark.parametrize("change", [("\n", "\r\n"), ("a heading is allowed\n", "\ufeff")])
def test_files_of_other_editors_are_read(write, change):
    expected = CharacterModel.load(write(FILE)).ngrams
    assert CharacterModel.load(write(FILE.replace(*change))).ngrams == expected


def test_without_an_unknown_character_the_least_likely_one_stands_in(write):
    text = FILE.replace("1=5", "1=4").replace("-1.50\t<unk>\n", "")
    model = CharacterModel.load(write(text))
    assert model.log_probability("q", []) == pytest.approx(-0.90 * math.log(10))


def test_what_is_saved_is_read_again(write, tmp_path):
    model = CharacterModel.load(write(FILE))
    model.save(tmp_path / "again.arpa")
    again = CharacterModel.load(tmp_path / "again.arpa")
    assert again.ngrams.keys() == model.ngrams.keys()
    for tokens, ngram in model.ngrams.items():
        assert again.ngrams[tokens].log_probability == pytest.approx(ngram.log_probability)
        assert again.ngrams[tokens].log_backoff == pytest.approx(ngram.log_backoff)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("\\end\\", ""), r"no \\end\\: not an ARPA file, or cut off"),
        (("ngram 2=2", "ngram 2=3"), r"2 2-grams, must be 3 as \\data\\ says"),
        (("ngram 2=2", "ngram two"), "line 4: 'ngram two', must be such as"),
        (("\\2-grams:", "\\3-grams:"), r"line 13: '\\3-grams:' is no section"),
        (("-0.48\ta", "-0.48\tabc"), "line 9: 'abc' is no single character"),
        (("-0.48\ta", "much\ta"), "line 9: .* must be a logarithm, 1 character"),
        (("-0.48\ta", "nan\ta"), "line 9: .* must be a logarithm"),
        (("-0.48\ta", "0.48\ta"), "line 9: 0.48 is no logarithm of a probability"),
        (("-0.90\t<space>", "-0.90\ta"), "line 10: 'a' is there twice"),
        (("-0.40\ta <space>", "-0.40\ta"), "line 15: .* 2 characters"),
    ],
)
def test_files_that_are_no_model_are_refused_with_the_line(write, change, said):
    path = write(FILE.replace(*change))
    with pytest.raises(CharacterModelError, match=said) as refusal:
        CharacterModel.load(path)
    assert str(refusal.value).startswith(f"{path}: ")
    assert "\n" not in str(refusal.value)


def test_other_files_are_refused(write, tmp_path):
    for content in (b"\x80\x04\x95pickle", b"", b"\x00" * 100, b"\\data\\\n\\end\\\n"):
        with pytest.raises(CharacterModelError):
            CharacterModel.load(write(content))
    with pytest.raises(CharacterModelError, match="cannot be read: No such file"):
        CharacterModel.load(tmp_path / "none.arpa")
    with pytest.raises(CharacterModelError, match="cannot be read: No such file"):
        CharacterModel.load("~nobody-at-all/text.arpa")
    with pytest.raises(CharacterModelError, match="cannot be read"):
        CharacterModel.load(tmp_path)
