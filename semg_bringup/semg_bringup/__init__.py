# SPDX-License-Identifier: Apache-2.0
"""Launch files, parameters and the semg command."""
