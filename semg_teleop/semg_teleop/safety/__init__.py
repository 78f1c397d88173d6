# SPDX-License-Identifier: Apache-2.0
"""What every command has to pass."""
