# SPDX-License-Identifier: Apache-2.0
"""From commands to the messages that robots take."""
