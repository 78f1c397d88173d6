# SPDX-License-Identifier: Apache-2.0
"""How the antagonist muscles of the wrist drive its movement."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from semg_driver.simulation.anatomy import MUSCLE_INDEX, MUSCLES
from semg_driver.simulation.person import Person

_PER_VELOCITY = 0.034  # drive per rad/s of slow movement, against damping
_FASTEST = 14.0  # rad/s that the unloaded muscles could reach
_CURVATURE = 0.25  # of Hill's hyperbola
_PER_ANGLE = 0.06  # drive per rad, against passive stiffness and gravity
_MOVING = 0.35  # rad/s above which antagonists stiffen the joint

_FLEXORS = {"FCR": 1.0, "FCU": 0.9, "FDS3": 0.2, "FDS4": 0.3}
_EXTENSORS = {"ECR": 1.0, "ECU": 0.7, "ED3": 0.3, "ED2": 0.2}


def _weights(names: dict[str, float]) -> NDArray[np.float64]:
    weights = np.zeros(len(MUSCLES))
    for name, weight in names.items():
        weights[MUSCLE_INDEX[name]] = weight
    return weights


_SHARES = np.stack([_weights(_FLEXORS), _weights(_EXTENSORS)], axis=1)


def wrist_drive(
    person: Person, angle: NDArray[np.float64], velocity: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Drive of all muscles for a wrist movement.

    Each group works with velocity in its own direction and against the joint's stiffness on
    its own side; both stiffen the joint a little while it moves (Hogan 1984). The faster a
    muscle shortens the weaker it is (Hill 1938), so fast movement takes more than its share.

    Parameters
    ----------
    person : Person
        Who moves.
    angle, velocity : ndarray, shape (times,)
        rad and rad/s, positive is extension, at the time the muscles act on.

    Returns
    -------
    ndarray, shape (muscles, times)
        0 is none, 1 is maximal.
    """
    relative = np.minimum(np.abs(velocity) / _FASTEST, 0.8)
    weaker = (1.0 - relative) / (1.0 + relative / _CURVATURE)
    wanted = _PER_VELOCITY * velocity / weaker + _PER_ANGLE * angle
    groups = np.stack([np.maximum(-wanted, 0.0), np.maximum(wanted, 0.0)])
    groups += person.co_contraction * (1.0 - np.exp(-np.abs(velocity) / _MOVING))
    groups *= person.wrist_gain[:, None]
    return np.asarray(person.wrist_share[:, None] * (_SHARES @ groups))
