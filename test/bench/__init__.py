# SPDX-License-Identifier: Apache-2.0
"""Speed, latency and CPU of the graph on this machine: ``python -m test.bench``."""
