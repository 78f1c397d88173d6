# SPDX-License-Identifier: Apache-2.0
"""Networks of the published shapes, with their sizes as settings."""
