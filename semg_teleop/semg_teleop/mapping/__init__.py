# SPDX-License-Identifier: Apache-2.0
"""From intent to commands, by a profile."""
