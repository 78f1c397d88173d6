# SPDX-License-Identifier: Apache-2.0
"""Linear decoders, fitted in closed form: what a network has to be better than."""
