# SPDX-License-Identifier: Apache-2.0
"""Streaming signal processing."""
