# SPDX-License-Identifier: Apache-2.0
"""Errors that are the user's to mend, and are told in one line."""

from __future__ import annotations

import sys

_KNOWN = (
    ("semg_driver.recordings.recording", "RecordingError"),
    ("semg_driver.devices.device", "DeviceError"),
    ("semg_decoders.inference.bundle", "BundleError"),
    ("semg_training.checkpoints.refusal", "CheckpointRefused"),
    ("semg_training.export", "ExportError"),
    ("semg_training.refusal", "TrainingRefused"),
    ("semg_training.recipes.refusal", "RecipeError"),
    ("semg_training.fitting.checkpoint", "CheckpointError"),
    ("semg_node.settings", "SettingError"),
    ("semg_node.component", "Refused"),
    ("semg_teleop.profile.reading", "ProfileError"),
    ("semg_bringup.downloads.fault", "FetchError"),
)


class CommandError(Exception):
    """The command cannot do what it was asked for. The message is one line for the user."""


def is_refusal(error: Exception) -> bool:
    """Tell whether an error's message is meant for the user, with no traceback.

    Only looks at modules that are imported already: an error of another one cannot have come.
    """
    kinds: list[type] = [CommandError]
    for module, name in _KNOWN:
        if module in sys.modules:
            kinds.append(getattr(sys.modules[module], name))
    return isinstance(error, tuple(kinds))
