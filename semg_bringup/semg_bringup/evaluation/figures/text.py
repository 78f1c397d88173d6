# SPDX-License-Identifier: Apache-2.0
"""Decoded text under the text that was to be written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from semg_bringup.evaluation.figures import canvas
from semg_decoders.evaluation.text_error import Edit, edits, pool_text_errors, score_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

MOST_PROMPTS = 12
LINE = 60
"""Characters in a line."""
_SHOWN_AS = {" ": "␣", "🤏": "◉"}
_COLOURS = {
    "insert": ("missing", "#ffd8a8"),
    "delete": ("too much", "#ffc9c9"),
    "replace": ("another character", "#d0bfff"),
}


def draw_texts(path: Path, name: str, texts: Sequence[tuple[str, str]]) -> None:
    """Draw the alignment of the first prompts, character by character.

    Parameters
    ----------
    path : Path
        File to write.
    name : str
        What was decoded, for the title.
    texts : sequence of (str, str)
        What was decoded, and what was to be written.
    """
    lines = [line for pair in texts[:MOST_PROMPTS] for line in _lines(*pair)]
    columns = max((len(line) for line in lines), default=1)
    figure = canvas.new_figure(max(0.22 * columns + 1.4, 8), 0.75 * len(lines) + 1.3)
    errors = pool_text_errors(score_text(*pair) for pair in texts)
    shown = f"{MOST_PROMPTS} of {len(texts)}" if len(texts) > MOST_PROMPTS else len(texts)
    figure.suptitle(
        f"{name}: text to write (above) and decoded (below)\n"
        f"{shown} prompts; character error rate of all {errors.cer:.1f} %"
    )
    axes = figure.subplots()
    for row, line in enumerate(lines):
        for column, edit in enumerate(line):
            if edit.kind in _COLOURS:
                axes.add_patch(_cell(column, row, _COLOURS[edit.kind][1]))
            for character, down in ((edit.target, 0.25), (edit.predicted, 0.65)):
                axes.text(
                    column + 0.5,
                    row + down,
                    _SHOWN_AS.get(character, character),
                    ha="center",
                    va="center",
                    family="DejaVu Sans Mono",
                    color=canvas.QUIET if character == " " else "black",
                )
    axes.set(xlim=(-0.5, columns + 0.5), ylim=(max(len(lines), 1), -0.1))
    axes.set_axis_off()
    _legend(figure)
    canvas.save(figure, path)


def _lines(predicted: str, target: str) -> list[list[Edit]]:
    steps = edits(predicted, target)
    return [steps[begin : begin + LINE] for begin in range(0, max(len(steps), 1), LINE)]


def _cell(column: int, row: int, colour: str) -> Rectangle:
    from matplotlib.patches import Rectangle

    return Rectangle((column + 0.04, row + 0.02), 0.92, 0.86, color=colour, linewidth=0)


def _legend(figure: Figure) -> None:
    from matplotlib.patches import Patch

    patches = [Patch(color=colour, label=label) for label, colour in _COLOURS.values()]
    patches.append(Patch(color="none", label="␣ space, ◉ pinch"))
    figure.legend(handles=patches, loc="outside lower center", ncols=4, frameon=False)
