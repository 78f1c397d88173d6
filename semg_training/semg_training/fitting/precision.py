# SPDX-License-Identifier: Apache-2.0
"""Which arithmetic is the faster one on a machine."""

from __future__ import annotations

import torch

_MADE_FOR_IT = ("amx_bf16", "avx512_bf16", "sve_bf16")
"""What processors call the instructions that multiply bfloat16."""


def faster_precision(accelerator: str) -> str:
    """Return what a network is trained in if its recipe leaves it to the machine.

    Parameters
    ----------
    accelerator : str
        ``auto``, ``cpu`` or ``gpu``.

    Returns
    -------
    str
        ``bfloat16`` where the device has instructions for it; without them it takes several
        times as long as ``float32``.
    """
    if accelerator != "cpu" and torch.cuda.is_available():
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
    capabilities = torch.cpu.get_capabilities()
    return "bfloat16" if any(capabilities.get(name) for name in _MADE_FOR_IT) else "float32"
