# SPDX-License-Identifier: Apache-2.0
"""Two sources are mixed in the share that was asked for, as near as whole repetitions come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch", reason="torch is only installed for training")

from semg_training.sources.mixing import mixed


@given(
    real=st.lists(st.floats(1, 1000), min_size=1, max_size=5),
    simulated=st.lists(st.floats(1, 1000), min_size=1, max_size=5),
    share=st.floats(0.02, 0.98),
)
def test_the_share_that_is_said_is_that_of_the_list(real, simulated, share):
    lengths = (sum(real), sum(simulated))
    everything, reached = mixed(
        [("real", s) for s in real], [("simulated", s) for s in simulated], lengths, share
    )
    from_real = sum(seconds for kind, seconds in everything if kind == "real")
    assert reached == pytest.approx(from_real / sum(seconds for _, seconds in everything))
    # Repeated k times at least, a source misses its share by at most a factor of (k ± 1/2) / k.
    odds, wanted = reached / (1 - reached), share / (1 - share)
    assert 0.66 <= odds / wanted <= 1.51
