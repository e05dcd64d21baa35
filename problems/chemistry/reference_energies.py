"""Total energies of atoms in the local density approximation (VWN), in Hartree.

References: Kotochigova, Levine, Shirley, Stiles, Clark, "Atomic reference data for electronic structure
calculations" (NIST 1997), to 1e-6; to more decimals where independent codes agree on them: Čertík, Pask,
Vackář, Comput. Phys. Commun. 184 (2013) 1777, and Čertík et al., Comput. Phys. Commun. 297 (2024) 109051. The
speed of light is 137.0359895.
"""

from __future__ import annotations

_NIST = (
    -0.445671, -2.834836, -7.335195, -14.447209, -24.344198, -37.425749, -54.025016, -74.473077, -99.099648,
    -128.233481, -161.440060, -199.139406, -241.315573, -288.198397, -339.946219, -396.716081, -458.664179,
    -525.946195, -598.200590, -675.742283, -758.679275, -847.277216, -941.678904, -1042.030238, -1148.449372,
    -1261.093056, -1380.091264, -1505.580197, -1637.785861, -1776.573850, -1921.846456, -2073.807332,
    -2232.534978, -2398.111440, -2570.620700, -2750.147940, -2936.337293, -3129.453161, -3329.520604,
    -3536.737751, -3751.196175, -3973.013235, -4202.188857, -4438.981228, -4683.301031, -4935.368406,
    -5195.031215, -5462.390982, -5737.309064, -6019.953353, -6310.376268, -6608.631413, -6914.773092,
    -7228.856107, -7550.557710, -7880.111578, -8217.575230, -8563.360285, -8917.664369, -9280.311037,
    -9651.484134, -10031.259090, -10419.710775, -10816.653877, -11222.941975, -11637.869664, -12061.770549,
    -12494.718304, -12936.786494, -13388.048594, -13848.230375, -14317.493720, -14795.884202, -15283.448822,
    -15780.236024, -16286.295408, -16801.677471, -17326.576377, -17860.790943, -18404.274220, -18956.957627,
    -19518.993145, -20090.414449, -20671.256539, -21261.555215, -21861.346869, -22470.319655, -23088.688083,
    -23716.496952, -24353.832231, -25001.291382, -25658.417889,
)  # fmt: skip
_NONRELATIVISTIC = {
    2: (-2.83483562, 8), 6: (-37.42574854, 8), 10: (-128.23348127, 8), 18: (-525.94619492, 8),
    36: (-2750.14794042, 8), 54: (-7228.856106, 6), 92: (-25658.4178888534, 10),
}  # fmt: skip
_RELATIVISTIC = {
    1: (-0.445668162, 9), 2: (-2.834785285, 9), 6: (-37.434170625, 9), 10: (-128.336403251, 9),
    18: (-527.519049149, 9), 26: (-1269.229080069, 9), 36: (-2784.199238124, 9), 54: (-7433.498065100, 9),
    79: (-18998.62470735, 8), 92: (-28001.1323254868, 10),
}  # fmt: skip


def reference_energy(charge: int, relativistic: bool) -> float | None:
    """Return the total energy of the neutral atom, or None where none is listed."""
    return _listed(charge, relativistic)[0]


def reference_decimals(charge: int, relativistic: bool) -> int | None:
    """Return how many decimals of the listed energy count, or None where none is listed."""
    return _listed(charge, relativistic)[1]


def _listed(charge: int, relativistic: bool) -> tuple[float | None, int | None]:
    if relativistic:
        return _RELATIVISTIC.get(charge, (None, None))
    if not 1 <= charge <= len(_NIST):
        return None, None
    return _NONRELATIVISTIC.get(charge, (_NIST[charge - 1], 6))
