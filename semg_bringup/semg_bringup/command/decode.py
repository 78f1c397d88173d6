# SPDX-License-Identifier: Apache-2.0
"""``semg decode``: decodes a recording offline into a file."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from semg_bringup.command.numbers import count
from semg_bringup.command.refusal import CommandError

if TYPE_CHECKING:
    from semg_bringup.command.decoded_frames import Arrays
    from semg_bringup.command.emg_source import EmgSource
    from semg_bringup.command.offline_decoding import OfflineDecoder

DESCRIPTION = """\
Decode a recording by the same engines as the live nodes, as fast as this machine can, and
save everything they say to a NumPy file.

RECORDING is an HDF5 recording, a bag (a folder that `semg record` or `ros2 bag` wrote), or an
.npz file with an array `emg` (samples, channels) at 2 kHz, in units of the sensor noise's
standard deviation and conditioned (40 Hz high-pass).
"""
EXAMPLES = """\
what the file holds, one row per frame:
  output      gestures: probabilities (frames, gestures), 0 to 1
              wrist: displacement (frames, 1), rad per frame, positive is extension
              handwriting: log-probabilities (emissions, characters), the last is the blank
  velocity    wrist only: rad/s, smoothed if the bundle asks for it
  sample      index of the frame's last sample, at 2 kHz
  stream, piece   true breaks before the frame; true breaks and gaps before it
  fresh, suspect, failed   just after a start; made from bad input; model gave no number
and, with one row per event: event_sample, event_name, event_gesture, event_kind (press,
  release, instant), event_probability, event_inferred, event_stream, event_piece;
for handwriting, with one row whenever text is settled and one for each line:
  text, text_sample     characters as decoded, ⌫ ⏎ 🤏 among them; joined they are all that was
                        written
  line, line_sample, line_complete   lines after edits, and whether enter or a pinch ended them
and: labels, the meaning of the columns of output; metadata, a JSON text.

examples:
  semg decode day2 --bundle gestures --output day2.npz
  semg decode day1.hdf5 --bundle ./my_bundle --output day1.npz --chunk-samples 200

The output does not depend on --chunk-samples. To look at the events in Python:
  f = numpy.load("day2.npz"); print(*zip(f["event_sample"] / 2000, f["event_name"]))
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("recording", type=Path, metavar="RECORDING", help="what to decode")
    parser.add_argument(
        "--bundle",
        required=True,
        metavar="NAME_OR_FOLDER",
        help="model bundle: gestures, wrist, handwriting, or the folder of another one",
    )
    parser.add_argument(
        "--output", "-o", type=Path, required=True, metavar="FILE.npz", help="file to write"
    )
    parser.add_argument(
        "--chunk-samples",
        type=count,
        default=20,
        metavar="N",
        help="samples handed to the engines at once (default: %(default)s)",
    )
    parser.add_argument(
        "--topic", default="", help="topic of the EMG, for a bag that holds several bands"
    )


def run(options: argparse.Namespace) -> int:
    """Decode; return the exit status."""
    from semg_bringup.command.emg_source import open_source
    from semg_bringup.command.offline_decoding import OfflineDecoder
    from semg_decoders.inference.lookup import find_bundle
    from semg_decoders.inference.session import Model

    _check_output(options.output, options.recording)
    source = open_source(options.recording, options.topic)
    try:
        decoder = OfflineDecoder(Model.load(str(find_bundle(options.bundle))))
        began = time.monotonic()
        _decode(source, decoder, options.chunk_samples)
        took = time.monotonic() - began
    finally:
        source.close()
    arrays = decoder.arrays()
    save(options.output, arrays, _metadata(source, decoder, options))
    for note in source.notes:
        print(f"semg decode: note: {note}", file=sys.stderr)
    print(_summary(decoder, arrays, took, options.output))
    return 0


def save(path: Path, arrays: Arrays, metadata: dict[str, Any]) -> None:
    """Write everything to a new file, which takes the place of `path` when it is whole.

    Raises
    ------
    CommandError
        If it cannot be written.
    """
    import numpy as np

    temporary: str | None = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            temporary = file.name
            content: dict[str, Any] = {**arrays, "metadata": np.array(json.dumps(metadata))}
            np.savez_compressed(file, **content)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except OSError as error:
        raise CommandError(f"{path}: cannot be written: {error.strerror}") from None
    finally:
        if temporary is not None:
            with suppress(OSError):
                os.unlink(temporary)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _check_output(output: Path, recording: Path) -> None:
    """Refuse before a long computation what could not be saved after it."""
    if output.is_dir():
        raise CommandError(f"--output {output}: is a folder, must be a file")
    if not output.parent.is_dir():
        raise CommandError(f"--output {output}: there is no folder {output.parent}")
    if output.exists() and recording.exists() and output.samefile(recording):
        raise CommandError(f"--output {output}: is the recording itself")
    if recording.is_dir() and recording.resolve() in output.resolve().parents:
        raise CommandError(f"--output {output}: lies in the recording itself")
    if output.exists() and output.suffix != ".npz":
        raise CommandError(f"--output {output}: is there already, and is no .npz file")
    if not os.access(output.parent, os.W_OK):
        raise CommandError(f"--output {output}: the folder {output.parent} cannot be written to")


def _decode(source: EmgSource, decoder: OfflineDecoder, chunk: int) -> None:
    from tqdm import tqdm

    shown = tqdm(
        total=source.samples,
        desc=f"decoding {source.path.name}",
        unit=" samples",
        unit_scale=True,
        disable=not sys.stderr.isatty(),
        leave=False,
        file=sys.stderr,
    )
    with shown:
        for block in source.blocks(chunk):
            decoder.push(block)
            shown.update(len(block.emg))


def _metadata(
    source: EmgSource, decoder: OfflineDecoder, options: argparse.Namespace
) -> dict[str, Any]:
    bundle = decoder.bundle
    return {
        "format": 1,
        "recording": str(source.path),
        "recording_kind": source.kind,
        "notes": list(source.notes),
        "device_samples": decoder.samples,
        "streams": decoder.streams,
        "gaps": decoder.gaps,
        "sample_rate": bundle.input.sample_rate,
        "bundle": bundle.name,
        "bundle_version": bundle.version,
        "bundle_sha256": bundle.sha256,
        "task": bundle.task,
        "decoding": dict(bundle.decoding),
        "chunk_samples": options.chunk_samples,
    }


def _summary(decoder: OfflineDecoder, arrays: Arrays, took: float, output: Path) -> str:
    frames, events = len(arrays["sample"]), len(arrays["event_sample"])
    pieces = decoder.streams + decoder.gaps
    cut = f" in {pieces} pieces" if pieces > 1 else ""
    found = f", {events} events" if decoder.bundle.task == "discrete_gestures" else ""
    if decoder.bundle.task == "handwriting":
        found = f", {sum(map(len, arrays['text'].tolist()))} characters"
    return (
        f"{decoder.samples} samples{cut} gave {frames} frames{found} in {took:.1f} s; "
        f"saved to {output}"
    )
