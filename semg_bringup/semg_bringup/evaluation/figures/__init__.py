# SPDX-License-Identifier: Apache-2.0
"""Pictures of what was decoded beside what was done. Only these modules need matplotlib."""
