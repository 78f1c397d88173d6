# SPDX-License-Identifier: Apache-2.0
"""What gestures and the wrist do: mapping profiles and how they are read."""
