# SPDX-License-Identifier: Apache-2.0
"""How networks are trained: the recipes, and what reads them."""
