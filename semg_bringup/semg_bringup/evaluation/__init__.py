# SPDX-License-Identifier: Apache-2.0
"""Decoders on simulated people and on recordings, and how well they do."""
