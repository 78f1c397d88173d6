# SPDX-License-Identifier: Apache-2.0
"""What personalising a bundle does for simulated people whom it does not know."""
