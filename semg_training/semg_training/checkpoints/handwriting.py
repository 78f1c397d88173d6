# SPDX-License-Identifier: Apache-2.0
"""The sizes of a published handwriting network, and where its tensors belong."""

from __future__ import annotations

import math

from semg_decoders.signal.mpf import BANDS
from semg_training.checkpoints.checkpoint import PREFIX
from semg_training.checkpoints.refusal import CheckpointRefused, shown
from semg_training.checkpoints.rotation_invariant import rotation_invariant_sizes
from semg_training.checkpoints.sources import Sources
from semg_training.networks.handwriting import HandwritingNetworkSettings

FEATURES = "featurizer"
_BLOCKS = "conformer.2."
_WINDOW = ".attn_block.child.2"
_CONVOLUTION = ".conv_block.child.3"
_MOST_BLOCKS = 64
_MOST_FRAMES = 1024
_MOST_OUTPUTS = 4096
_EPS = 1e-5

_FEED_FORWARD = {"child.0": "norm", "child.1": "expand", "child.4": "contract"}
_BLOCK_PLACES = {
    **{f"ff_block1.{old}": f"feed_forward_before.{new}" for old, new in _FEED_FORWARD.items()},
    "attn_block.child.0": "attention.norm",
    "attn_block.child.2.op.out_proj": "attention.output",
    "conv_block.child.0": "convolution.norm",
    "conv_block.child.1": "convolution.expand",
    "conv_block.child.3.net": "convolution.depthwise",
    "conv_block.child.4": "convolution.norm_after",
    "conv_block.child.6": "convolution.project",
    **{f"ff_block2.{old}": f"feed_forward_after.{new}" for old, new in _FEED_FORWARD.items()},
    "layer_norm": "norm",
}
_KINDS = ("weight", "bias")


def handwriting_settings(sources: Sources) -> HandwritingNetworkSettings:
    """Return the sizes of the network.

    Raises
    ------
    CheckpointRefused
        If the files do not fit together, or say what `HandwritingNetwork` cannot do.
    """
    checkpoint = sources.checkpoint
    first = rotation_invariant_sizes(sources, hidden_config="invariance_layer.hidden_dims")
    size = first.hidden[-1]
    blocks = sources.integer(
        "conformer blocks",
        config="encoder.num_layers",
        tensors=checkpoint.count(_BLOCKS, ".layer_norm.weight"),
        most=_MOST_BLOCKS,
    )
    sources.require_config(
        {"encoder.in_dim": size, "encoder.input_dim": size, "encoder.log_softmax": True}
    )
    _require_blocks(sources, blocks)
    ones = checkpoint.shape("conformer.1.weight", 2)[1] / size
    settings = HandwritingNetworkSettings(
        channels=first.channels,
        bands=tuple(range(len(BANDS))),
        num_adjacent_cov=first.num_adjacent_cov,
        mlp=first.hidden,
        offsets=first.offsets,
        time_reduction=sources.integer(
            "time reduction",
            stored="conformer.0.stride",
            config="encoder.time_reduction_stride",
            tensors=max(1, math.ceil(ones)),
            most=_MOST_FRAMES,
        ),
        feed_forward=sources.integer(
            "size of the feed-forward layers",
            config="encoder.ffn_dim",
            tensors=checkpoint.shape(f"{_BLOCKS}0.ff_block1.child.1.weight", 2)[0],
        ),
        kernel=sources.integer(
            "kernel of the convolutions",
            config="encoder.kernel_size",
            tensors=checkpoint.shape(f"{_BLOCKS}0{_CONVOLUTION}.net.weight", 3)[2],
            least=2,
            most=_MOST_FRAMES,
        ),
        strides=_for_blocks(sources, blocks, f"{_CONVOLUTION}.stride", "stride"),
        attention_windows=_for_blocks(
            sources, blocks, f"{_WINDOW}.window_size", "attn_window_size", _windows(sources, blocks)
        ),
        heads=sources.integer(
            "attention heads",
            stored=f"{_BLOCKS}0{_WINDOW}.num_heads",
            config="encoder.num_heads",
            published=4,
        ),
        outputs=sources.integer(
            "outputs",
            stored="vocab_size",
            config="encoder.out_dim",
            tensors=checkpoint.shape("conformer.3.weight", 2)[0],
            least=2,
            most=_MOST_OUTPUTS,
        ),
    )
    if size % settings.heads:
        raise CheckpointRefused(
            f"{checkpoint.path}: attention heads: {settings.heads}, must divide {size}"
        )
    if settings.frames_per_emission > _MOST_FRAMES:
        raise CheckpointRefused(
            f"{checkpoint.path}: one emission for {settings.frames_per_emission} MPF frames, must "
            f"be for at most {_MOST_FRAMES}"
        )
    _check_masks(sources, settings.attention_windows)
    _check_emissions(sources, settings)
    return settings


def handwriting_places(settings: HandwritingNetworkSettings) -> dict[str, tuple[str, ...]]:
    """Return the parameters of `HandwritingNetwork` that each tensor of a checkpoint holds.

    Most hold one; the three projections of the attention's input are one below the other.
    """
    modules = {
        f"rotation_invariant_mlp.fully_connected_layers.{layer}": (
            f"rotation_invariant_mlp.fully_connected_layers.{layer}"
        )
        for layer in range(len(settings.mlp))
    }
    modules |= {"conformer.1": "time_reduction", "conformer.3": "output"}
    for block in range(len(settings.strides)):
        for old, new in _BLOCK_PLACES.items():
            modules[f"{_BLOCKS}{block}.{old}"] = f"blocks.{block}.{new}"
    places: dict[str, tuple[str, ...]] = {
        f"{old}.{kind}": (f"{new}.{kind}",) for old, new in modules.items() for kind in _KINDS
    }
    for block in range(len(settings.strides)):
        for kind in _KINDS:
            places[f"{_BLOCKS}{block}{_WINDOW}.op.in_proj_{kind}"] = tuple(
                f"blocks.{block}.attention.{part}.{kind}" for part in ("query", "key", "value")
            )
    return places


def is_attention_mask(name: str) -> bool:
    """Tell whether a tensor is one that follows from the sizes and is not loaded."""
    return name.startswith(_BLOCKS) and name.endswith(f"{_WINDOW}.attn_mask")


def _require_blocks(sources: Sources, blocks: int) -> None:
    norms = ("ff_block1.child.0", "attn_block.child.0", "conv_block.child.0", "conv_block.child.4")
    wanted: dict[str, object] = {"conformer.0.0.dilation": 1}
    for block in range(blocks):
        parts: dict[str, object] = {
            **{f"{norm}.eps": _EPS for norm in (*norms, "ff_block2.child.0", "layer_norm")},
            "ff_block1.weight": 0.5,
            "ff_block2.weight": 0.5,
            "attn_block.weight": 1.0,
            "conv_block.weight": 1.0,
            "conv_block.child.3.net.padding": 0,
            "conv_block.child.3.net.dilation": 1,
            "attn_block.child.2.stride": 1,
        }
        wanted |= {f"{_BLOCKS}{block}.{name}": value for name, value in parts.items()}
    sources.require(wanted)


def _check_masks(sources: Sources, windows: tuple[int, ...]) -> None:
    for block, window in enumerate(windows):
        name = f"{_BLOCKS}{block}{_WINDOW}.attn_mask"
        tensor = sources.checkpoint.tensors.get(name)
        if tensor is not None and tensor.shape != (window, window):
            raise CheckpointRefused(
                f"{sources.checkpoint.path}: tensor {PREFIX}{name} has shape "
                f"{list(tensor.shape)}, must be {[window, window]}"
            )


def _check_emissions(sources: Sources, settings: HandwritingNetworkSettings) -> None:
    """Compare with which MPF frames the stored network says that its emissions belong to."""
    stored = sources.checkpoint.attributes.get("slice")
    wanted = (settings.warm_up, settings.frames_per_emission)
    if isinstance(stored, slice) and (stored.start, stored.step) != wanted:
        raise CheckpointRefused(
            f"{sources.checkpoint.path}: emissions from MPF frame {shown(stored.start)} on, one "
            f"for {shown(stored.step)} frames, but the sizes give {wanted[0]} and {wanted[1]}"
        )


def _for_blocks(
    sources: Sources,
    blocks: int,
    stored: str,
    config: str,
    tensors: tuple[int, ...] | None = None,
) -> tuple[int, ...]:
    """Return a size of each block; a single one holds for all."""
    values = sources.integers(
        f"{config} of the conformer blocks",
        stored=tuple(f"{_BLOCKS}{block}{stored}" for block in range(blocks)),
        config=f"encoder.{config}",
        tensors=tensors,
        most=_MOST_FRAMES,
    )
    if len(values) == 1:
        return values * blocks
    if len(values) != blocks:
        raise CheckpointRefused(
            f"{sources.config.path}: encoder.{config}: {len(values)} values, must be one for each "
            f"of {blocks} blocks"
        )
    return values


def _windows(sources: Sources, blocks: int) -> tuple[int, ...] | None:
    names = [f"{_BLOCKS}{block}{_WINDOW}.attn_mask" for block in range(blocks)]
    if not all(name in sources.checkpoint.tensors for name in names):
        return None
    return tuple(sources.checkpoint.shape(name, 2)[0] for name in names)
