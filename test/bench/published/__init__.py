# SPDX-License-Identifier: Apache-2.0
"""The three networks at their published sizes: ours beside plain PyTorch, on the same EMG."""
