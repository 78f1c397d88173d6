# SPDX-License-Identifier: Apache-2.0
"""Whether the nodes that make the intent say that they are well."""

from semg_teleop.safety.own_nodes import OwnNodes


def test_an_error_counts_until_the_node_is_well_again():
    nodes = OwnNodes(["/left/driver"])
    nodes.hear("/left/driver", True, "link lost")
    assert nodes.faults() == ["/left/driver reports an error: link lost"]
    nodes.hear("/left/driver", False, "running")
    assert nodes.faults() == []


def test_other_nodes_are_none_of_its_business():
    nodes = OwnNodes(["/left/driver"])
    nodes.hear("/right/driver", True, "link lost")
    nodes.hear("/camera", True, "on fire")
    assert nodes.faults() == []
