# SPDX-License-Identifier: Apache-2.0
"""Error against the number of people that a network was trained on."""
