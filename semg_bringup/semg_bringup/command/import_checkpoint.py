# SPDX-License-Identifier: Apache-2.0
"""``semg import-checkpoint``: a published checkpoint becomes a model bundle."""

from __future__ import annotations

import argparse
import contextlib
import re
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from semg_bringup.command.refusal import CommandError

DESCRIPTION = """\
Turn a checkpoint of one of the published networks (discrete_gestures, wrist, handwriting) into
a model bundle, which the decoder nodes, semg decode and semg info take like any other.

DIR is a released folder: it holds model_checkpoint.ckpt and model_config.yaml. Sizes, window,
offsets and strides come from these files. A checkpoint is a program that Python's usual way of
reading would run. Here only its numbers are read: nothing in it is run, nothing of the released
software is needed, and a checkpoint that asks for anything else is refused.

With --int8 large layers get weights of 8 bits: a quarter of the memory, and a fraction of the
time. What that changes is measured on simulated people and printed. Layers that it harms stay
in float32; if all do, so does the bundle.

This needs torch, on the machine that imports only: pip install -r requirements/train.txt
"""
EXAMPLES = """\
examples:
  semg import-checkpoint ~/emg_models/wrist --output bundles/wrist-released
  semg import-checkpoint ~/emg_models/wrist --output bundles/wrist-int8 --int8
  semg info bundles/wrist-released
  semg decode day1.hdf5 --bundle bundles/wrist-released --output day1.npz

Released weights are under CC-BY-NC-4.0: not for commercial use. The bundle says so, and so does
semg info. For weights of your own, in the same layout, say --licence.
"""

_NEEDED = ("torch", "onnx", "semg_training")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder of the checkpoint")
    parser.add_argument(
        "--output", "-o", type=Path, required=True, metavar="BUNDLE", help="folder to write"
    )
    parser.add_argument(
        "--name",
        default="",
        metavar="N",
        help="of the bundle: lower-case letters, digits, - and _ (default: the folder's)",
    )
    parser.add_argument(
        "--licence",
        default="",
        metavar="L",
        help="of the weights (default: CC-BY-NC-4.0, that of the released ones)",
    )
    parser.add_argument("--int8", action="store_true", help="weights of 8 bits in large layers")
    parser.add_argument(
        "--compare",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE.npz",
        help="with --int8, also tell how much outputs change on this EMG: array 'emg' of "
        "(samples, channels) in noise s.d., conditioned",
    )
    parser.add_argument(
        "--force", action="store_true", help="replace the bundle that lies in BUNDLE already"
    )


def run(options: argparse.Namespace) -> int:
    """Import; return the exit status."""
    output = options.output.expanduser()
    name = _name(options.name, output)
    _check_output(output, options.force)
    missing = [module for module in _NEEDED if find_spec(module) is None]
    if missing:
        raise CommandError(
            f"{' and '.join(missing)} not installed; get what an import needs with: "
            f"pip install -r requirements/train.txt"
        )
    if options.compare and not options.int8:
        raise CommandError("--compare: is for --int8")
    from semg_bringup.command.emg_source import read_array

    compare = {str(path): read_array(path) for path in options.compare}
    report = None
    with _spinner("starting torch") as progress:
        import torch

        # Steps are small: threads would only wait for each other.
        torch.set_num_threads(1)
        from semg_training.checkpoints.import_checkpoint import (
            RELEASED_LICENCE,
            import_checkpoint,
        )

        licence = options.licence.strip() or RELEASED_LICENCE
        try:
            bundle = import_checkpoint(options.folder.expanduser(), output, name, licence, progress)
            if options.int8:
                from semg_decoders.inference.strict_mapping import BundleError
                from semg_training.int8.conversion import convert

                try:
                    report = convert(bundle, output, compare, progress=progress)
                except BundleError as error:
                    raise CommandError(
                        f"--int8: {error}; {output} holds the bundle in float32"
                    ) from None
        except OSError as error:
            raise CommandError(f"--output {output}: cannot be written: {error.strerror}") from None
    differs = bundle.metrics["onnx_differs_from_torch_by"]
    print(f"{output}: bundle '{bundle.name}', task {bundle.task}, licence {bundle.licence}")
    print(f"the exported graph differs from the network by {differs:g} at most; see: semg info")
    if report is not None:
        from semg_training.int8.summary import lines

        print(*lines(report), sep="\n")
    return 0


def _name(given: str, output: Path) -> str:
    name = given or output.resolve().name
    if not _NAME.fullmatch(name):
        source = f"--name {given}" if given else f"--output {output}"
        hint = "" if given else "; or say --name"
        raise CommandError(
            f"{source}: a bundle's name must be lower-case letters, digits, - and _, "
            f"not '{name}'{hint}"
        )
    return name


def _check_output(output: Path, force: bool) -> None:
    if not output.parent.is_dir():
        raise CommandError(f"--output {output}: no folder {output.parent} to write it into")
    if not output.exists():
        return
    if not output.is_dir():
        raise CommandError(f"--output {output}: there is a file of that name; must be a folder")
    if not any(output.iterdir()):
        return
    if not (output / "bundle.yaml").is_file():
        raise CommandError(f"--output {output}: holds other things than a bundle")
    if not force:
        raise CommandError(f"--output {output}: is there already; --force replaces it")


@contextlib.contextmanager
def _spinner(first: str) -> Iterator[Callable[[str], None]]:
    """Show what is being done, where somebody watches."""
    if not sys.stderr.isatty():
        yield lambda stage: None
        return
    from rich.console import Console

    with Console(stderr=True).status(first) as status:
        yield lambda stage: status.update(stage)
