# SPDX-License-Identifier: Apache-2.0
"""Streaming decoders for wristband EMG."""
