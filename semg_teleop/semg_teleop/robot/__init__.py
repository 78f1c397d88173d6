# SPDX-License-Identifier: Apache-2.0
"""A robot to drive where there is none."""
