# SPDX-License-Identifier: Apache-2.0
"""How well a decoder does."""
