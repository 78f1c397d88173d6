# SPDX-License-Identifier: Apache-2.0
"""What stands before the robot and sends zero when commands cease."""
