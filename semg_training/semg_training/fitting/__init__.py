# SPDX-License-Identifier: Apache-2.0
"""Fitting a network to a task with PyTorch Lightning."""
