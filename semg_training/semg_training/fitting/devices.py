# SPDX-License-Identifier: Apache-2.0
"""Whether what is asked to train on is there."""

from __future__ import annotations

import torch

from semg_training.refusal import TrainingRefused


def check_devices(accelerator: str, devices: int = 1) -> None:
    """Refuse GPUs that are not there, before anything is prepared for them.

    Parameters
    ----------
    accelerator : str
        ``auto``, ``cpu`` or ``gpu``.
    devices : int
        How many; 0 for all.

    Raises
    ------
    TrainingRefused
        If there are fewer.
    """
    there = torch.cuda.device_count()
    if accelerator == "gpu" and not there:
        raise TrainingRefused("--accelerator gpu: torch finds no GPU here; auto or cpu would do")
    if accelerator != "cpu" and there and devices > there:
        raise TrainingRefused(f"--devices {devices}: more than the {there} that torch finds here")
