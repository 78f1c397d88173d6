# SPDX-License-Identifier: Apache-2.0
"""From network outputs to gestures, velocity and text."""
