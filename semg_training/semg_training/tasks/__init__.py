# SPDX-License-Identifier: Apache-2.0
"""What networks are trained for: batches, loss, and how good a network is."""
