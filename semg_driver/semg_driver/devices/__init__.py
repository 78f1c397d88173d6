# SPDX-License-Identifier: Apache-2.0
"""Devices, one file each, behind one protocol."""
