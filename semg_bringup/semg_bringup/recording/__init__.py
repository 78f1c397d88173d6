# SPDX-License-Identifier: Apache-2.0
"""Writes the topics of a graph to a rosbag2 bag."""
