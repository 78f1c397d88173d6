# SPDX-License-Identifier: Apache-2.0
"""Networks with weights of 8 bits: what that changes, and which layers stay as they are."""
