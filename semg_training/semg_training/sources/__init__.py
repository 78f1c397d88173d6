# SPDX-License-Identifier: Apache-2.0
"""Where training takes recordings from."""
