# SPDX-License-Identifier: Apache-2.0
"""Whether the nodes that make the intent say that they are well."""

from __future__ import annotations

from collections.abc import Sequence


class OwnNodes:
    """Remembers which of our own nodes report an error.

    Parameters
    ----------
    names : sequence of str
        Full names, as in ``/diagnostics``.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = frozenset(names)
        self._errors: dict[str, str] = {}

    def hear(self, name: str, is_error: bool, message: str) -> None:
        """Take in what a node, ours or not, says of itself."""
        if name not in self._names:
            return
        if is_error:
            self._errors[name] = message
        else:
            self._errors.pop(name, None)

    def faults(self) -> list[str]:
        """Return one line for each node that reports an error."""
        return [f"{name} reports an error: {message}" for name, message in self._errors.items()]
