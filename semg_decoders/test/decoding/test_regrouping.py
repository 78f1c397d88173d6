# SPDX-License-Identifier: Apache-2.0
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from semg_decoders.decoding.regrouping import Regrouper


@given(
    context=st.integers(0, 12),
    advance=st.integers(1, 20),
    sizes=st.lists(st.integers(0, 50), max_size=10),
)
def test_windows_overlap_by_the_context_and_miss_nothing(context, advance, sizes):
    regrouper = Regrouper(context, advance, (2,))
    windows, seen = [], 0
    for size in sizes:
        rows = np.arange(seen, seen + size, dtype=np.float32)
        windows += regrouper.push(np.stack([rows, -rows], axis=1))
        seen += size
    assert len(windows) == max(0, (seen - context) // advance)
    for number, window in enumerate(windows):
        rows = number * advance + np.arange(context + advance)
        np.testing.assert_array_equal(window, np.stack([rows, -rows], axis=1))


def test_reset_forgets_what_waits():
    regrouper = Regrouper(0, 3, (1,))
    list(regrouper.push(np.zeros((2, 1))))
    regrouper.reset()
    assert not list(regrouper.push(np.zeros((2, 1))))


def test_zeros_may_come_before_the_first_window():
    regrouper = Regrouper(1, 3, ())
    regrouper.reset(leading=2)
    windows = list(regrouper.push(np.arange(1.0, 7.0)))
    assert [window.tolist() for window in windows] == [[0, 0, 1, 2], [2, 3, 4, 5]]
