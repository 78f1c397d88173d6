# SPDX-License-Identifier: Apache-2.0
"""Driver for surface EMG wristbands."""
