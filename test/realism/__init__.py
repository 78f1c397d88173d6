# SPDX-License-Identifier: Apache-2.0
"""The simulation held against real EMG: ``python -m test.realism``."""
