# SPDX-License-Identifier: Apache-2.0
"""What simulated people do, decoded and scored task by task."""
