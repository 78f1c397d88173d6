# SPDX-License-Identifier: Apache-2.0
"""What crosses packages: conformance, end to end, faults, benchmarks."""
