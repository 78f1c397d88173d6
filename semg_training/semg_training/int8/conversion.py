# SPDX-License-Identifier: Apache-2.0
"""A bundle in float32 becomes one with 8-bit weights, if that does no harm."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semg_decoders.inference.bundle import BundleError, ModelBundle
from semg_decoders.inference.session import Model
from semg_decoders.inference.writer import replace_bundle, write_bundle
from semg_driver.simulation.person import CHANNELS
from semg_node.strict_yaml import read_yaml
from semg_training.gesture_targets import GESTURES
from semg_training.int8.choice import choose_layers
from semg_training.int8.layers import FEWEST_WEIGHTS, Layer, large_layers, quantised
from semg_training.int8.metrics import TOLERANCES, Metrics, harm, metrics
from semg_training.int8.trial import Answer, Stretch, answer, largest_change, simulated

CHOICE_PEOPLE = (2_900_001, 2_900_002, 2_900_003)
"""Simulated people on whom layers are chosen; seeds from 1,000,000 on are never for testing."""
TEST_PEOPLE = (721, 722, 723, 724)
"""Simulated people on whom the result is measured."""
SECONDS = 120.0
_MARGIN = 0.5
"""Share of the tolerances that may be used up on the people whom layers are chosen on."""


@dataclass(frozen=True)
class Int8Report:
    """What 8 bits changed.

    Attributes
    ----------
    tolerances : dict of str to float
        Metrics that count, and by how much each may change on `TEST_PEOPLE`.
    layers, kept : tuple of Layer
        Those with 8 bits, and large ones that stayed in float32.
    before, after : dict of str to float
        Metrics on `TEST_PEOPLE` in float32 and with 8 bits.
    largest_changes : dict of str to float
        Largest change of any output, by what was decoded.
    size_before, size_after : int
        Bytes of the graph.
    """

    tolerances: dict[str, float]
    layers: tuple[Layer, ...]
    kept: tuple[Layer, ...]
    before: Metrics
    after: Metrics
    largest_changes: dict[str, float]
    size_before: int
    size_after: int

    @property
    def harm(self) -> float:
        """Largest change on the test people, as a share of what is accepted."""
        return harm(self.before, self.after, self.tolerances)

    @property
    def accepted(self) -> bool:
        """Whether any layer has 8 bits, and does no harm."""
        return bool(self.layers) and self.harm <= 1

    def to_dict(self) -> dict[str, Any]:
        """Return everything for ``bundle.yaml``."""
        return {
            "layers": [layer.name for layer in self.layers],
            "kept_in_float32": [layer.name for layer in self.kept],
            "measured_on": f"simulated people {', '.join(map(str, TEST_PEOPLE))}",
            "float32": {name: round(value, 4) for name, value in self.before.items()},
            "int8": {name: round(value, 4) for name, value in self.after.items()},
            "largest_change_of_an_output": {
                name: float(f"{value:.2g}") for name, value in self.largest_changes.items()
            },
        }


class Trials:
    """Tries graphs in place of a bundle's own.

    Parameters
    ----------
    bundle : ModelBundle
        In float32.
    """

    def __init__(self, bundle: ModelBundle) -> None:
        self.bundle = bundle
        self.graph = bundle.onnx_bytes()
        description: Any = read_yaml(bundle.description_path).plain()
        self.description: Mapping[str, Any] = description

    def answers(self, graph: bytes, stretches: Sequence[Stretch]) -> list[Answer]:
        """Return what a graph says of each stretch."""
        with TemporaryDirectory() as folder:
            model = Model(write_bundle(Path(folder) / "trial", graph, self.description))
            return [answer(model, stretch) for stretch in stretches]


def convert(
    bundle: ModelBundle,
    folder: Path,
    compare: Mapping[str, NDArray[np.float32]] | None = None,
    *,
    seconds: float = SECONDS,
    fewest: int = FEWEST_WEIGHTS,
    progress: Callable[[str], None] = lambda stage: None,
) -> Int8Report:
    """Make a bundle with 8-bit weights of one in float32.

    Layers that do harm on `CHOICE_PEOPLE` stay in float32. What comes out is measured on
    `TEST_PEOPLE`; if it does harm there, nothing is written.

    Parameters
    ----------
    bundle : ModelBundle
        In float32.
    folder : Path
        Of the new bundle; may be that of the old.
    compare : mapping of str to ndarray, shape (samples, channels), optional
        Further conditioned EMG in noise s.d. on which the largest change of an output is told.
    seconds : float
        Of EMG from each simulated person.
    fewest : int
        Weights below which a layer stays in float32 in any case.
    progress : callable
        Told what happens next.

    Raises
    ------
    BundleError
        If simulated people cannot tell what 8 bits change: they have 16 channels, one angle of the
        wrist, and `GESTURES`. If the bundle cannot be run on what is in `compare`.
    """
    trials = Trials(bundle)
    compared = {
        name: (stretch, _float_answer(trials, name, stretch))
        for name, stretch in ((name, Stretch(emg)) for name, emg in (compare or {}).items())
    }
    layers = large_layers(trials.graph, fewest)
    allowed = TOLERANCES[bundle.task]

    def accepted(found: Metrics) -> dict[str, float]:
        return {one.metric: one.of(found[one.metric]) for one in allowed}

    if not layers:
        size = len(trials.graph)
        return Int8Report({}, (), (), {}, {}, {}, size, size)
    _check_measurable(bundle)
    progress("decoding simulated people in float32")
    choice = simulated(bundle.task, CHOICE_PEOPLE, seconds)
    float_choice = trials.answers(trials.graph, choice)
    before_choice = metrics(bundle, choice, float_choice, float_choice)
    limits = accepted(before_choice)

    def harm_of(tried: Sequence[Layer]) -> float:
        progress(f"trying 8 bits in {len(tried)} of {len(layers)} large layers")
        answers = trials.answers(quantised(trials.graph, tried), choice)
        return harm(before_choice, metrics(bundle, choice, answers, float_choice), limits)

    chosen = choose_layers(layers, harm_of, _MARGIN)
    graph = quantised(trials.graph, chosen)
    progress("measuring on people who had no part in that")
    test = simulated(bundle.task, TEST_PEOPLE, seconds)
    float_test, int8_test = trials.answers(trials.graph, test), trials.answers(graph, test)
    changes = {"simulated people": largest_change(float_test, int8_test)}
    for name, (stretch, before_stretch) in compared.items():
        changes[name] = largest_change([before_stretch], trials.answers(graph, [stretch]))
    before = metrics(bundle, test, float_test, float_test)
    report = Int8Report(
        accepted(before),
        chosen,
        tuple(layer for layer in layers if layer not in chosen),
        before,
        metrics(bundle, test, int8_test, float_test),
        changes,
        len(trials.graph),
        len(graph),
    )
    if report.accepted:
        noted = {**trials.description["metrics"], "int8": report.to_dict()}
        replace_bundle(folder, graph, {**trials.description, "metrics": noted})
    return report


def _check_measurable(bundle: ModelBundle) -> None:
    def refused(what: str, wanted: str) -> BundleError:
        return BundleError(
            f"bundle '{bundle.name}': {what}; to measure what 8 bits change, it must have "
            f"{wanted}, as simulated people do"
        )

    if bundle.input.channels != CHANNELS:
        raise refused(f"{bundle.input.channels} channels", f"{CHANNELS}")
    labels = bundle.output.labels
    if bundle.task == "discrete_gestures" and not set(GESTURES) <= set(labels):
        raise refused(f"outputs {', '.join(labels)}", f"all of {', '.join(GESTURES)}")
    if bundle.task == "wrist" and len(labels) != 1:
        raise refused(f"{len(labels)} outputs", "1")


def _float_answer(trials: Trials, name: str, stretch: Stretch) -> Answer:
    channels = stretch.emg.shape[1]
    if channels != trials.bundle.input.channels:
        raise BundleError(
            f"{name}: 'emg' has {channels} channels, must have {trials.bundle.input.channels}"
        )
    if not np.isfinite(stretch.emg).all():
        raise BundleError(f"{name}: 'emg' holds what is no number")
    (found,) = trials.answers(trials.graph, [stretch])
    if not len(found.outputs):
        raise BundleError(f"{name}: 'emg' has {len(stretch.emg)} samples, too few for any output")
    return found
