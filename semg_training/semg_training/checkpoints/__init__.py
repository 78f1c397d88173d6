# SPDX-License-Identifier: Apache-2.0
"""Importing checkpoints of the published networks, without running anything they say."""
