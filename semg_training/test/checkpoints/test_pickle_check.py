# SPDX-License-Identifier: Apache-2.0
"""No pickle takes for ever, or the whole stack, however it puts tuples into tuples."""

import pytest

BOMB = b"K\x01" + 60 * b"2\x86"
"""A tuple of twice the one before, sixty times: it takes no memory, and for ever to be hashed."""
DEEP = b"K\x01" + 200_000 * b"\x85"


TUPLES = [BOMB, DEEP, b"K\x01\x85", b")"]
KEYS = [
    (b"}", b"K\x02s."), (b"}(K\x01K\x02", b"K\x02u."), (b"(", b"K\x02d."), (b"\x8f(", b"\x90."),
    (b"(K\x02", b"\x91."), (b"}", b"q\x000h\x00K\x02s."), (b"}", b"\x940h\x00K\x02s."),
    (b"}(1", b"K\x02s."), (b"comegaconf\nDictConfig\n)\x81", b"K\x02s."),
    (b"c__builtin__\nset\n(](", b"etR."), (b"c__builtin__\nfrozenset\n(](", b"etR."),
]  # fmt: skip
"""What has to be before and behind an object in a pickle for it to be a key, or a part of one."""


@pytest.mark.parametrize("around", KEYS)
def test_no_pickle_has_a_tuple_as_a_key(around, read, refusal):
    read(b"\x80\x02" + b"K\x03".join(around))
    for value in TUPLES:
        assert "has a tuple" in refusal(read, b"\x80\x02" + value.join(around))


@pytest.mark.parametrize(
    ("around", "said"),
    [
        ((b"ccollections\nOrderedDict\n(](](", b"K\x02eetR."), "AttributedMapping"),
        ((b"ctorch._utils\n_rebuild_parameter\n(", b"tR."), "a parameter is no tensor"),
        (
            (b"(X\x07\x00\x00\x00storage", b"X\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x06tQ."),
            "a persistent object is no storage",
        ),
    ],
)
def test_no_function_has_a_tuple_hashed(around, said, read, refusal):
    for value in TUPLES:
        assert said in refusal(read, b"\x80\x02" + value.join(around))


def test_a_slice_is_one_of_numbers(read, refusal):
    assert "a slice is one of something else than integers" in refusal(
        read, b"c__builtin__\nslice\n](K\x01K\x02e\x85R."
    )


def test_a_tuple_made_of_a_list_is_a_stand_in(read):
    made = b"c__builtin__\ntuple\n(](K\x01etR"
    assert list(read(b"}" + made + b"K\x02s.").values()) == [2]
