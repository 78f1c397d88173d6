# SPDX-License-Identifier: Apache-2.0
"""Networks and training for the semg decoders."""
