# SPDX-License-Identifier: Apache-2.0
"""How well a bundle does on labelled recordings, through the engines of the nodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from semg_bringup.command.offline_decoding import OfflineDecoder
from semg_bringup.command.report import Report
from semg_bringup.evaluation import gestures, handwriting, postures, wrist
from semg_bringup.evaluation.parallel import in_processes
from semg_bringup.evaluation.parts import Part, parts_of
from semg_decoders.inference.bundle import BundleError, ModelBundle
from semg_decoders.inference.lookup import find_bundle
from semg_decoders.inference.session import Model


@dataclass(frozen=True)
class Scoring:
    """How the models of one task are scored.

    Attributes
    ----------
    evaluate : callable
        Decodes and scores a `Part`.
    report : callable
        Sums up the results of all parts.
    """

    evaluate: Callable[[Part], Any]
    report: Callable[[Sequence[Any]], Report]


def evaluate_recordings(
    bundle: str | Path,
    data: Path,
    split: str = "test",
    *,
    threshold: float | None = None,
    figures: Path | None = None,
    processes: int | None = None,
    progress: bool = True,
) -> Report:
    """Decode recordings whose labels are known, and score what comes.

    Parameters
    ----------
    bundle : str or Path
        Name of an installed bundle, or a folder.
    data : Path
        A recording, or a folder with a corpus of the bundle's task.
    split : str
        Of the corpus; `semg_bringup.evaluation.parts.ALL` for all of it.
    threshold : float, optional
        Of gestures; 0.35, as published, when not given.
    figures : Path, optional
        Folder that figures are written to, which has to exist.
    processes : int, optional
        How many recordings are decoded at once; all cores when not given.
    progress : bool
        Whether to show a progress bar.

    Raises
    ------
    BundleError
        If the bundle cannot be used, or has no threshold though one is given.
    RecordingError
        If there is nothing that can be scored.
    """
    folder = find_bundle(bundle)
    model = Model.load(str(folder))
    OfflineDecoder(model)
    name, kind = model.bundle.name, model.bundle.task
    if threshold is not None and kind != gestures.TASK:
        raise BundleError(f"bundle '{name}': a threshold is for gestures, not for {kind}")
    if threshold is not None and model.bundle.output.exclusive:
        raise BundleError(f"bundle '{name}': a threshold is for events, but it decodes postures")
    parts = parts_of(data, kind, split)
    scoring = _scoring(model.bundle, threshold, figures)
    results = in_processes(
        scoring.evaluate, parts, "Decoding recordings", processes=processes, progress=progress
    )
    report = scoring.report(results)
    origin = {
        "task": kind,
        "bundle": name,
        "bundle_version": model.bundle.version,
        "bundle_sha256": model.bundle.sha256,
        "data": str(data),
        "split": None if parts[0].path == data else split,
    }
    return replace(report, facts={**origin, **report.facts})


def _scoring(bundle: ModelBundle, threshold: float | None, figures: Path | None) -> Scoring:
    settings: dict[str, Any] = {"bundle": bundle.folder, "figures": figures}
    if bundle.task == wrist.TASK:
        return Scoring(partial(wrist.evaluate_wrist, **settings), wrist.report_wrist)
    if bundle.task == handwriting.TASK:
        evaluate = partial(handwriting.evaluate_handwriting, **settings)
        return Scoring(evaluate, handwriting.report_handwriting)
    if bundle.output.exclusive:
        return Scoring(
            partial(postures.evaluate_postures, bundle=bundle.folder),
            partial(postures.report_postures, bundle=bundle, figures=figures),
        )
    return Scoring(
        partial(gestures.evaluate_gestures, threshold=threshold, **settings),
        partial(gestures.report_gestures, bundle=bundle, threshold=threshold, figures=figures),
    )
