# SPDX-License-Identifier: Apache-2.0
"""From blocks as they come to an unbroken, timed stream."""
