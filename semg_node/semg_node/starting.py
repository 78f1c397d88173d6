# SPDX-License-Identifier: Apache-2.0
"""The first thing that a node's process does."""

from importlib import import_module

from semg_node.stopping import StopRequest


def start_node(name: str, component: str) -> int:
    """Import a component and run it as the node of this process; return the exit status.

    Importing takes two seconds. Whoever presses Ctrl-C meanwhile gets an orderly end as well.

    Parameters
    ----------
    name : str
        Name of the node.
    component : str
        ``module:class``.
    """
    stop = StopRequest()
    module, _, attribute = component.partition(":")
    loaded = getattr(import_module(module), attribute)
    from semg_node.main import run_node

    return run_node(name, loaded, stop)
