# SPDX-License-Identifier: Apache-2.0
"""From a deflection to a share of the full value."""

from __future__ import annotations

import math

from semg_teleop.profile.profile import Response


def share(deflection: float, response: Response) -> float:
    """Return which share of the whole value a deflection gives.

    Zero within the dead band; from its edge the share grows continuously and reaches 1 at full
    deflection, where it stays. Its sign is that of the deflection.

    Parameters
    ----------
    deflection : float
        In the unit of `Response.full`.
    response : Response
        Dead band and curve.

    Returns
    -------
    float
        From -1 to 1.
    """
    size = min(abs(deflection) / response.full, 1.0)
    if size <= response.dead_band:
        return 0.0
    beyond = (size - response.dead_band) / (1.0 - response.dead_band)
    return math.copysign(beyond**response.curve, deflection)
