# SPDX-License-Identifier: Apache-2.0
"""Fine-tuning a model bundle on one person."""
