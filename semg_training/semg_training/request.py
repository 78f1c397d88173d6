# SPDX-License-Identifier: Apache-2.0
"""What a training is asked to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from semg_training.sources.gathering import DataRequest


@dataclass(frozen=True)
class TrainingRequest:
    """As on the command line; None leaves a value to the recipe.

    Attributes
    ----------
    task : str
        ``gestures``, ``wrist`` or ``handwriting``.
    output : Path
        Folder of the bundle.
    size : str
        Of an installed recipe, or the path of one's own.
    people, choice_people : int, optional
        Simulated people to train on, and to choose the model on.
    minutes : float, optional
        Of EMG of each.
    data : DataRequest
        Recordings of real people. With them, no people are simulated unless asked for.
    seed : int
        Of weights, windows, augmentation and dropout.
    steps, epochs : int, optional
        Length of the training.
    resume : bool
        Whether there has to be a checkpoint to go on from.
    restart : bool
        Whether earlier checkpoints are deleted.
    force : bool
        Whether a bundle in `output` is replaced.
    devices : int
        Processors or GPUs to train on; 0 for all.
    accelerator : str
        ``auto``, ``cpu`` or ``gpu``.
    precision : str, optional
        ``float32`` or ``bfloat16``.
    start : Path, optional
        Bundle whose weights are the first ones.
    any_rotation : bool
        Whether windows are rolled around the whole ring.
    changes : tuple of str
        ``key=value``, for the recipe.
    log_folder : Path, optional
        For checkpoints and measurements; in the cache if not given.
    processes : int, optional
        That simulate people; as many as there are cores if not given.
    workers : int, optional
        That draw batches ahead, for each device; chosen by the device if not given.
    command : str
        The command line, for the bundle.
    """

    task: str
    output: Path
    size: str = "small"
    people: int | None = None
    choice_people: int | None = None
    minutes: float | None = None
    data: DataRequest = field(default_factory=DataRequest)
    seed: int = 0
    steps: int | None = None
    epochs: int | None = None
    resume: bool = False
    restart: bool = False
    force: bool = False
    devices: int = 1
    accelerator: str = "auto"
    precision: str | None = None
    start: Path | None = None
    any_rotation: bool = False
    changes: tuple[str, ...] = ()
    log_folder: Path | None = None
    processes: int | None = None
    workers: int | None = None
    command: str = ""
