# SPDX-License-Identifier: Apache-2.0
"""Causal conformer blocks that continue a stream, or take many whole ones at once."""

from __future__ import annotations

import torch
from torch import Tensor, nn

_MASKED = -1e9
"""Added to an attention score it leaves a weight of exactly 0."""


def masks(seen: Tensor, window: int) -> tuple[Tensor, Tensor]:
    """Return what tells attention how far back a stream reaches.

    Parameters
    ----------
    seen : Tensor, shape (frames,)
        How many frames the stream holds up to and with each; not above 0 for those before it.
    window : int
        Frames.

    Returns
    -------
    begun : Tensor, shape (frames, 1)
        1 for frames of the stream, 0 for those before it.
    mask : Tensor, shape (frames, 1, window)
        To be added to the scores of the frames of each window.
    """
    places = torch.arange(window, dtype=seen.dtype, device=seen.device)
    missing = window - seen.clamp(min=1)
    mask = (missing[:, None, None] - places).clamp(0, 1) * _MASKED
    return seen.clamp(0, 1)[:, None], mask


class FeedForward(nn.Module):
    """``F(x) + x / 2``: the half weight lies on the skip path, as published.

    Parameters
    ----------
    size, inner : int
        Of a frame, and of the layer between.
    dropout : float
        After each linear layer, in training only.
    """

    def __init__(self, size: int, inner: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(size)
        self.expand = nn.Linear(size, inner)
        self.contract = nn.Linear(inner, size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, frames: Tensor) -> Tensor:
        """Map frames (…, size) to frames of the same shape."""
        inner = self.dropout(nn.functional.silu(self.expand(self.norm(frames))))
        outer: Tensor = self.dropout(self.contract(inner))
        return outer + 0.5 * frames


class WindowAttention(nn.Module):
    """``A(LayerNorm(x)) + x``, attention of each frame to a window that ends with it.

    As published, keys and values are not the rows of the window, (window, size): it is
    transposed and its memory read again as (window, size).

    Parameters
    ----------
    size : int
        Of a frame.
    window : int
        Frames.
    heads : int
        Among which a frame is divided.
    """

    def __init__(self, size: int, window: int, heads: int) -> None:
        super().__init__()
        self.window = window
        self.heads = heads
        self.norm = nn.LayerNorm(size)
        self.query = nn.Linear(size, size)
        self.key = nn.Linear(size, size)
        self.value = nn.Linear(size, size)
        self.output = nn.Linear(size, size)

    def forward(
        self, frames: Tensor, before: Tensor, begun: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Continue a stream.

        Parameters
        ----------
        frames : Tensor, shape (frames, size)
            The next ones.
        before : Tensor, shape (window - 1, size)
            Normalised frames before them; zeros where the stream had not begun.
        begun, mask : Tensor, shapes (frames, 1) and (frames, 1, window)
            As from `masks`.

        Returns
        -------
        frames : Tensor, shape (frames, size)
        before : Tensor, shape (window - 1, size)
            To be given to the next call.
        """
        count, size = frames.shape
        normalised = self.norm(frames) * begun
        all_ = torch.cat([before, normalised])
        index = torch.arange(count)[:, None] + torch.arange(self.window)
        memory = all_[index].transpose(1, 2).reshape(count, self.window, size)
        return self._attend(normalised, memory, mask) + frames, all_[count:]

    def whole(self, frames: Tensor) -> Tensor:
        """Take streams from their beginning: map (batch, frames, size) to the same shape."""
        batch, count, size = frames.shape
        seen = torch.arange(1.0, count + 1.0, device=frames.device)
        mask = masks(seen, self.window)[1].repeat(batch, 1, 1)
        normalised = self.norm(frames)
        all_ = nn.functional.pad(normalised, (0, 0, self.window - 1, 0))
        # Unfolding gives every window transposed already.
        memory = all_.unfold(1, self.window, 1).reshape(batch * count, self.window, size)
        attended = self._attend(normalised.flatten(0, 1), memory, mask)
        return attended.reshape(batch, count, size) + frames

    def _attend(self, queries: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        """Attend from (frames, size) to (frames, window, size).

        Keys and values of every row of the window are never made: their projections are merged
        into those of the query and of the output, for the same numbers with an eighth of the
        work. The bias of the keys adds the same to all scores of a query, and drops out.
        """
        count, size = queries.shape
        by_head = (self.heads, size // self.heads, size)
        key = self.key.weight.reshape(by_head) * by_head[1] ** -0.5
        wanted = self.query.weight.reshape(by_head).transpose(1, 2) @ key
        wanted_bias = self.query.bias.reshape(self.heads, 1, by_head[1]) @ key
        weight = wanted.transpose(0, 1).reshape(size, self.heads * size)
        probes = torch.addmm(wanted_bias.reshape(-1), queries, weight)
        scores = probes.reshape(count, self.heads, size) @ memory.transpose(1, 2) + mask
        sums = (scores.softmax(-1) @ memory).reshape(count, self.heads * size)
        output = self.output.weight.T.reshape(self.heads, by_head[1], size)
        value = self.value.weight.reshape(by_head).transpose(1, 2) @ output
        bias = self.value.bias @ self.output.weight.T + self.output.bias
        return torch.addmm(bias, sums, value.reshape(self.heads * size, size))


class Convolution(nn.Module):
    """``C(x) + x``, a depthwise convolution over time that looks back only.

    Parameters
    ----------
    size : int
        Of a frame.
    kernel, stride : int
        Frames.
    dropout : float
        At the end, in training only.
    """

    def __init__(self, size: int, kernel: int, stride: int, dropout: float) -> None:
        super().__init__()
        self.stride = stride
        self.norm = nn.LayerNorm(size)
        self.expand = nn.Linear(size, 2 * size)
        self.depthwise = nn.Conv1d(size, size, kernel, stride, groups=size)
        self.norm_after = nn.LayerNorm(size)
        self.project = nn.Linear(size, size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, frames: Tensor, before: Tensor) -> tuple[Tensor, Tensor]:
        """Continue a stream; the last of every `stride` frames has an output.

        Parameters
        ----------
        frames : Tensor, shape (frames, size)
            The next ones, a multiple of `stride`.
        before : Tensor, shape (kernel - 1, size)
            What the convolution saw before them.

        Returns
        -------
        frames : Tensor, shape (frames / stride, size)
        before : Tensor, shape (kernel - 1, size)
            To be given to the next call.
        """
        all_ = torch.cat([before, self._gated(frames)])
        last = self.stride - 1
        convolved = self._convolved(all_[None, last:])[0]
        return convolved + frames[last :: self.stride], all_[len(frames) :]

    def whole(self, frames: Tensor) -> Tensor:
        """Take streams from their beginning.

        Parameters
        ----------
        frames : Tensor, shape (batch, frames, size)
            All of them, at least as many as the kernel.

        Returns
        -------
        Tensor, shape (batch, (frames - kernel) // stride + 1, size)
            Only those that the convolution has no need to look back over the beginning for.
        """
        (kernel,) = self.depthwise.kernel_size
        return self._convolved(self._gated(frames)) + frames[:, kernel - 1 :: self.stride]

    def _gated(self, frames: Tensor) -> Tensor:
        return nn.functional.glu(self.expand(self.norm(frames)), dim=-1)

    def _convolved(self, gated: Tensor) -> Tensor:
        """Convolve (batch, frames, size) and project."""
        convolved = self.depthwise(gated.transpose(1, 2)).transpose(1, 2)
        projected = self.project(nn.functional.silu(self.norm_after(convolved)))
        dropped: Tensor = self.dropout(projected)
        return dropped


class ConformerBlock(nn.Module):
    """Feed-forward, attention, convolution, feed-forward, normalisation.

    Parameters
    ----------
    size, inner : int
        Of a frame, and of the feed-forward layers.
    window, heads : int
        Of the attention.
    kernel, stride : int
        Of the convolution.
    dropout : float
        In training only.
    """

    def __init__(
        self, size: int, inner: int, window: int, heads: int, kernel: int, stride: int,
        dropout: float,
    ) -> None:  # fmt: skip
        super().__init__()
        self.feed_forward_before = FeedForward(size, inner, dropout)
        self.attention = WindowAttention(size, window, heads)
        self.convolution = Convolution(size, kernel, stride, dropout)
        self.feed_forward_after = FeedForward(size, inner, dropout)
        self.norm = nn.LayerNorm(size)

    def forward(
        self, frames: Tensor, attended: Tensor, convolved: Tensor, begun: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Continue a stream; shapes as for `WindowAttention` and `Convolution`."""
        frames = self.feed_forward_before(frames)
        frames, attended = self.attention(frames, attended, begun, mask)
        frames, convolved = self.convolution(frames, convolved)
        return self.norm(self.feed_forward_after(frames)), attended, convolved

    def whole(self, frames: Tensor) -> Tensor:
        """Take streams from their beginning; shapes as for `Convolution.whole`."""
        frames = self.attention.whole(self.feed_forward_before(frames))
        after: Tensor = self.norm(self.feed_forward_after(self.convolution.whole(frames)))
        return after
