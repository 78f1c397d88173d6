# SPDX-License-Identifier: Apache-2.0
"""Training the handwriting network: batches, loss, and how good it is on model-choice people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from semg_decoders.decoding.characters import CHARACTERS
from semg_decoders.decoding.ctc import greedy_text
from semg_decoders.evaluation.text_error import TextErrors, pool_text_errors, score_text
from semg_decoders.signal.conditioning import SAMPLE_RATE
from semg_decoders.signal.mpf import STRIDE
from semg_training.handwriting_recordings import WrittenRecording
from semg_training.mpf_augmentation import MpfAugmentation
from semg_training.networks.first_weights import standardise
from semg_training.networks.handwriting import HandwritingNetwork, HandwritingNetworkSettings
from semg_training.written_batches import WrittenBatch, collate, network_inputs, vary
from semg_training.written_windows import (
    AFTER,
    BLANK,
    UNKNOWN,
    WrittenWindow,
    draw_window,
    is_silent,
    window_of_prompts,
)

PUBLISHED_AUGMENTATION = MpfAugmentation(
    roll=1, roll_probability=1.0, frame_masks=3, frame_mask_length=5, band_masks=2,
    band_mask_width=1,
)  # fmt: skip


@dataclass(frozen=True)
class HandwritingTarget:
    """What the network is to answer; the defaults are the published ones.

    Attributes
    ----------
    samples_after : int
        Of EMG after a prompt in which its last character can still come. As many lie before a
        prompt as the network reaches back, less a little: 19,014 at the published sizes.
    frame_weight : float
        Weight of a second loss: cross-entropy, at each emission, towards the character whose
        writing has just ended. CTC alone spends long on finding where characters are, which is
        known of simulated people. 0 leaves it out; what has no times of its characters does not
        take part.
    pulse : float
        Seconds after its end that a character is the target of that loss.
    """

    samples_after: int = AFTER
    frame_weight: float = 0.0
    pulse: float = 0.16

    def __post_init__(self) -> None:
        if self.samples_after < 0:
            raise ValueError(f"samples_after: {self.samples_after}, must be at least 0")
        for name in ("frame_weight", "pulse"):
            value = getattr(self, name)
            if not value >= 0:
                raise ValueError(f"{name}: {value:g}, must be at least 0")


@dataclass(frozen=True)
class HandwritingTask:
    """Connectionist temporal classification (CTC), as published, with help for small trainings.

    Attributes
    ----------
    training, choice : sequence of WrittenRecording
        People to train on, and people to choose the model on.
    network : HandwritingNetworkSettings
        Sizes of the network that is trained.
    batch_size : int
        Windows in a batch.
    seconds : float
        That prompts are joined to, at least.
    augmentation : MpfAugmentation
        How windows are varied; the default is the published one.
    target : HandwritingTarget
        What the network is to answer.
    """

    training: Sequence[WrittenRecording]
    choice: Sequence[WrittenRecording]
    network: HandwritingNetworkSettings
    batch_size: int = 16
    seconds: float = 16.0
    augmentation: MpfAugmentation = PUBLISHED_AUGMENTATION
    target: HandwritingTarget = HandwritingTarget()

    def batch(self, rng: np.random.Generator) -> WrittenBatch:
        """Draw a training batch.

        Raises
        ------
        ValueError
            If no training recording can be used.
        """
        usable = [one for one in self.training if one.prompts or is_silent(one)]
        if not usable:
            raise ValueError("no recording to train on holds a whole prompt")
        lengths = np.array([recording.frames for recording in usable])
        chosen = rng.choice(len(lengths), self.batch_size, p=lengths / lengths.sum())
        recordings = [usable[index] for index in chosen]
        windows = [(r, self._window(r, rng)) for r in recordings]
        batch = collate(windows, self.network, self.target.pulse)
        vary(batch, self.augmentation, rng)
        return batch

    def begin(self, network: torch.nn.Module, rng: np.random.Generator) -> None:
        """Scale the first layers to the frames of a batch."""
        assert isinstance(network, HandwritingNetwork)
        standardise(network, network_inputs(self.batch(rng)))

    def _window(self, recording: WrittenRecording, rng: np.random.Generator) -> WrittenWindow:
        after = self.target.samples_after
        return draw_window(recording, rng, self.seconds, self.network, after)

    def prepare(self, batch: WrittenBatch, device: torch.device) -> WrittenBatch:
        """Return the batch as MPF frames, made on the device where it is."""
        return replace(batch, inputs=network_inputs(batch))

    def outputs(self, network: torch.nn.Module, batch: WrittenBatch) -> Tensor:
        """Return log-probabilities, (batch, emissions, classes), of a prepared batch."""
        assert isinstance(network, HandwritingNetwork)
        return network.whole(batch.inputs)

    def loss(self, outputs: Tensor, batch: WrittenBatch) -> Tensor:
        """CTC loss per character, and what `frame_weight` adds."""
        loss = ctc_loss(outputs, batch)
        if self.target.frame_weight:
            loss = loss + self.target.frame_weight * frame_loss(outputs, batch)
        return loss

    def score(self, network: torch.nn.Module) -> tuple[float, str]:
        """Less the character error rate on model-choice people, in %."""
        assert isinstance(network, HandwritingNetwork)
        errors = pool_text_errors(prompt_errors(network, self.choice, self.target.samples_after))
        line = f"CER {errors.cer:.1f} %"
        silent = [recording for recording in self.choice if is_silent(recording)]
        if silent:
            line += f", {false_characters(network, silent):.1f} characters/min without writing"
        return -errors.cer, line


def ctc_loss(outputs: Tensor, batch: WrittenBatch) -> Tensor:
    """CTC loss of all windows of a batch per character of all their texts.

    Graves et al. (2006), doi 10.1145/1143844.1143891. A text with more characters than there are
    emissions for does not count.

    Parameters
    ----------
    outputs : Tensor, shape (batch, emissions, classes)
        Log-probabilities.
    batch : WrittenBatch
        With texts.
    """
    losses = functional.ctc_loss(
        outputs.transpose(0, 1),
        batch.targets,
        batch.emissions,
        batch.target_lengths,
        blank=BLANK,
        reduction="sum",
        zero_infinity=True,
    )
    return losses / batch.target_lengths.sum().clamp(min=1)


def frame_loss(outputs: Tensor, batch: WrittenBatch) -> Tensor:
    """Mean cross-entropy towards what has just been written, over the emissions that know it.

    Parameters are those of `ctc_loss`.
    """
    targets = batch.frame_targets.flatten()
    known = (targets != UNKNOWN).sum().clamp(min=1)
    total = functional.nll_loss(
        outputs.flatten(0, 1), targets, ignore_index=UNKNOWN, reduction="sum"
    )
    return total / known


def prompt_errors(
    network: HandwritingNetwork,
    recordings: Sequence[WrittenRecording],
    after: int = AFTER,
    at_once: int = 16,
) -> list[TextErrors]:
    """Compare what is read, greedily, of each prompt by itself with what was to be written.

    Parameters
    ----------
    network : HandwritingNetwork
        Left in evaluation mode.
    recordings : sequence of WrittenRecording
        Those without prompts are passed over.
    after : int
        Samples after a prompt that are read with it.
    at_once : int
        Prompts in a batch.

    Returns
    -------
    list of TextErrors
        For each prompt, recording by recording.
    """
    windows = [
        (recording, window_of_prompts(recording, prompt, prompt, network.settings, after))
        for recording in recordings
        for prompt in range(len(recording.prompts))
    ]
    texts = read_windows(network, windows, at_once)
    return [score_text(text, window.text) for text, (_, window) in zip(texts, windows, strict=True)]


def false_characters(network: HandwritingNetwork, recordings: Sequence[WrittenRecording]) -> float:
    """Return the characters read per minute in recordings in which nobody writes."""
    windows = [(recording, WrittenWindow(0, recording.frames, "")) for recording in recordings]
    texts = read_windows(network, windows, 4)
    emissions = sum(network.settings.emissions(window.frames) for _, window in windows)
    minutes = emissions * network.settings.frames_per_emission * STRIDE / SAMPLE_RATE / 60
    return sum(map(len, texts)) / minutes if minutes else 0.0


def read_windows(
    network: HandwritingNetwork,
    windows: Sequence[tuple[WrittenRecording, WrittenWindow]],
    at_once: int,
) -> list[str]:
    """Return what is read, greedily, of each window; windows of like lengths go together."""
    network.eval()
    device = network.output.weight.device
    texts = [""] * len(windows)
    order = sorted(range(len(windows)), key=lambda index: windows[index][1].frames)
    for part in (order[i : i + at_once] for i in range(0, len(order), at_once)):
        batch = collate([windows[index] for index in part], network.settings, 0.0)
        with torch.no_grad():
            outputs = network.whole(network_inputs(batch).to(device))
        best = outputs.argmax(-1).cpu()
        for row, index in enumerate(part):
            classes = best[row, : int(batch.emissions[row])].tolist()
            texts[index] = greedy_text(classes, CHARACTERS)
    return texts
