# SPDX-License-Identifier: Apache-2.0
"""What every decoder node does around its engine."""

from __future__ import annotations

from dataclasses import dataclass

from semg_decoders.inference.bundle import BundleError, ModelBundle
from semg_decoders.inference.lookup import find_bundle
from semg_decoders.inference.session import Model
from semg_decoders.inference.stream_check import (
    StreamDescription,
    check_conditioning,
    check_frames,
    check_stream,
)
from semg_decoders.progress import ProgressReport
from semg_decoders.stream_input import (
    ContinuousInput,
    check_chunk,
    check_info,
    note_latency,
    warn_of_rivals,
)
from semg_msgs.msg import EmgChunk, EmgInfo
from semg_node.component import Level, NotReady, Refused, Status
from semg_node.latency import LatencyMeter
from semg_node.qos import LATCHED, stream_profile
from semg_node.settings import setting
from semg_node.shell import NodeShell


@dataclass(frozen=True)
class BundleSettings:
    """Which model a decoder runs, and how."""

    bundle: str = setting("", "model bundle: name of an installed one, or path", read_only=True)
    threads: int = setting(
        1, "threads of one run of the model", minimum=1, maximum=64, read_only=True
    )


class BundleStream:
    """A model, and whether the present stream is one that it can work on.

    Parameters
    ----------
    shell : NodeShell
        The node.
    """

    def __init__(self, shell: NodeShell) -> None:
        self._shell = shell
        self._info: EmgInfo | None = None
        self.input = ContinuousInput()
        self.latency = LatencyMeter()

    def configure(self, settings: BundleSettings, input_topic: str) -> Model:
        """Load and check the bundle, and listen for what the band is.

        Raises
        ------
        Refused
            If the bundle has anything wrong with it.
        """
        try:
            bundle = ModelBundle.load(find_bundle(settings.bundle))
            check_conditioning(bundle)
            check_frames(bundle)
            model = Model(bundle, settings.threads)
        except BundleError as error:
            raise Refused(str(error)) from None
        self.bundle = bundle
        qos = stream_profile(self._shell.settings.reliable)
        self._input_topic = input_topic
        self._progress = ProgressReport(self._shell, qos, input_topic)
        self._shell.listen("emg/info", EmgInfo, LATCHED, self._on_info, when_inactive=True)
        return model

    @property
    def info(self) -> EmgInfo:
        """Description of the band; only after `start`."""
        assert self._info is not None
        return self._info

    def start(self) -> None:
        """Begin with fresh counts.

        Raises
        ------
        NotReady
            If no band has been heard of.
        Refused
            If the bundle does not fit the band.
        """
        if self._info is None:
            raise NotReady(
                f"waiting for {self._shell.resolve_topic_name('emg/info')}: is a driver running?"
            )
        self._check(self._info)
        self.input = ContinuousInput()
        self.latency = LatencyMeter()
        self._progress.ready(self._info)

    def _on_info(self, info: EmgInfo) -> None:
        self._info = info
        if self._shell.active:
            self._check(info)
            self._progress.ready(info)
        else:
            self._shell.try_to_start()

    def _check(self, info: EmgInfo) -> None:
        check_info(info)
        wanted = self.bundle.input
        # The preprocessor brings any band to the rate and unit of the model.
        stream = StreamDescription(
            "emg/raw", wanted.sample_rate, info.channels, wanted.unit, info.bandwidth
        )
        try:
            check_stream(self.bundle, stream)
        except BundleError as error:
            raise Refused(str(error)) from None

    def check_chunk(self, chunk: EmgChunk) -> None:
        """Refuse a chunk that is not what the model takes.

        Raises
        ------
        Refused
            If its channels, rate or unit differ.
        """
        wanted = self.bundle.input
        check_chunk(self._input_topic, chunk, wanted.channels, wanted.sample_rate, wanted.unit)

    def done(self, stream_id: int, last_sample_time_ns: int, next_sample: int) -> None:
        """Note that everything before a 2 kHz sample index of a stream is decoded."""
        info = self.info
        if stream_id != info.stream_id:
            return  # the rest of a stream when the next one has been announced already
        note_latency(self._shell, self.latency, last_sample_time_ns)
        device_sample = int(next_sample * info.sample_rate / self.bundle.input.sample_rate)
        self._progress.report(info, device_sample)

    def status(self, now: float, failures: int) -> Status:
        """Report input, bundle and latency."""
        status = self.input.status(now)
        status.values["bundle"] = self.bundle.name
        status.values["bundle_folder"] = self.bundle.folder
        status.values["model_failures"] = failures
        for name, value in self.latency.percentiles_ms().items():
            status.values[f"sample_to_output_{name}_ms"] = value
        if failures:
            status.level = Level.ERROR
            status.message = "the model gave answers that are no numbers"
        warn_of_rivals(status, self._input_topic, self._shell.publisher_count(self._input_topic))
        return status
