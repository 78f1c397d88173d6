# SPDX-License-Identifier: Apache-2.0
"""From what a wearer does to what a robot does, behind a safety gate."""
