# SPDX-License-Identifier: Apache-2.0
"""What a model bundle says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from semg_bringup.command.report import Report, Section
from semg_decoders.inference.bundle import ModelBundle
from semg_decoders.inference.lookup import find_bundle


def report_bundle(name_or_path: str) -> Report:
    """Describe a bundle, every field of it.

    Raises
    ------
    BundleError
        If there is anything wrong with it.
    """
    bundle = ModelBundle.load(find_bundle(name_or_path))
    size = bundle.model_path.stat().st_size
    facts = _facts(bundle, size)
    sections = [
        Section("model", _rows(bundle, size)),
        Section("input", _pairs(facts["input"])),
        Section("output", _output_rows(bundle)),
    ]
    if bundle.mpf is not None:
        sections.append(Section("features (MPF)", _pairs(facts["mpf"])))
    for title, content in (
        ("decoding defaults", bundle.decoding),
        ("trained on", bundle.trained_on),
        ("metrics", bundle.metrics),
    ):
        if content:
            sections.append(Section(title, _pairs(content)))
    return Report(f"{bundle.folder}: model bundle '{bundle.name}'", facts, sections)


def _facts(bundle: ModelBundle, size: int) -> dict[str, Any]:
    mpf = None if bundle.mpf is None else dict(vars(bundle.mpf))
    return {
        "kind": "bundle",
        "path": str(bundle.folder),
        "name": bundle.name,
        "task": bundle.task,
        "version": bundle.version,
        "licence": bundle.licence,
        "description": bundle.description,
        "size_bytes": size,
        "sha256": bundle.sha256,
        "input": dict(vars(bundle.input)),
        "mpf": mpf,
        "frames_per_step": bundle.frames_per_step,
        "left_context": bundle.left_context,
        "warm_up": bundle.warm_up,
        "stride": bundle.stride,
        "states": {name: list(shape) for name, shape in bundle.states.items()},
        "output": dict(vars(bundle.output)),
        "decoding": dict(bundle.decoding),
        "trained_on": dict(bundle.trained_on),
        "metrics": dict(bundle.metrics),
    }


def _rows(bundle: ModelBundle, size: int) -> list[tuple[str, str]]:
    return [
        ("task", bundle.task),
        ("description", bundle.description),
        ("version", bundle.version),
        ("licence", bundle.licence),
        ("size", f"{size / 1e6:.2f} MB"),
        ("sha256", bundle.sha256),
    ]


def _output_rows(bundle: ModelBundle) -> list[tuple[str, str]]:
    rate = bundle.input.sample_rate / bundle.stride
    unit = "samples" if bundle.mpf is None else "frames"
    states = ", ".join(
        f"{name} {' x '.join(map(str, shape))}" for name, shape in bundle.states.items()
    )
    return [
        ("labels", ", ".join(bundle.output.labels)),
        ("tensor", f"{bundle.output.tensor} (activation: {bundle.output.activation})"),
        ("rate", f"{rate:g} Hz: a frame every {bundle.stride} samples"),
        ("frames per run", str(bundle.frames_per_step)),
        ("left context", f"{bundle.left_context} {unit}"),
        ("warm-up", f"{bundle.warm_up} {unit}"),
        ("state", states or "none"),
    ]


def _pairs(content: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in content.items():
        if isinstance(value, Mapping):
            rows += _pairs(value, f"{prefix}{name}.")
        else:
            rows.append((f"{prefix}{name}".replace("_", " "), _text(value)))
    return rows


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        if value and all(isinstance(inner, (list, tuple)) for inner in value):
            return ", ".join("-".join(_text(one) for one in inner) for inner in value)
        return ", ".join(_text(inner) for inner in value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)
