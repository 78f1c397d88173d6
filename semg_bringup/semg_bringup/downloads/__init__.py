# SPDX-License-Identifier: Apache-2.0
"""Fetches released archives to a cache: download, checks, unpacking."""
