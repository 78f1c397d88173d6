# SPDX-License-Identifier: Apache-2.0
import pytest
from rosbags.typesys import Stores, get_types_from_msg, get_typestore

from semg_bringup.recording.definitions import definition
from semg_bringup.recording.topics import TOPICS
from semg_driver.recordings.recording import RecordingError

KINDS = sorted({topic.kind for topic in TOPICS})


@pytest.mark.parametrize("kind", KINDS)
def test_the_hash_is_what_rosbags_computes_from_the_text(kind):
    found = definition(kind)
    store = get_typestore(Stores.EMPTY)
    for i, part in enumerate(found.text.split("=" * 80 + "\n")):
        first, _, rest = part.partition("\n")
        name = kind if i == 0 else first.removeprefix("MSG: ").replace("/", "/msg/")
        store.register(get_types_from_msg(part if i == 0 else rest, name))
    assert store.hash_rihs01(kind) == found.digest


def test_types_that_are_not_installed_are_named():
    with pytest.raises(RecordingError, match="message type no_msgs/msg/No is not installed"):
        definition("no_msgs/msg/No")
