"""Problems and circuits that the tests of circuit search share."""

import numpy as np
from hypothesis import strategies as st

from hybrid.circuit_search.alphabet import Alphabet
from hybrid.circuit_search.setting import Setting
from problems.ground_state import GroundState, PauliSum

# hydrogen at 0.7414 angstrom in a minimal basis, two qubits tapered; its ground energy is -1.1372701747
HYDROGEN = GroundState(
    PauliSum(
        2, ("ZI", "IZ", "ZZ", "XX"),
        np.array([0.3939836792234488, 0.3939836792234488, 0.011236585230782303, 0.18128880823111065]),
    ),
    energy_shift=-0.3399536138500775,
)  # fmt: skip
# no permutation of its qubits leaves it as it is, so a swapped order cannot hide
LOPSIDED = GroundState(
    PauliSum(3, ("XII", "IYI", "IIZ", "ZZI", "IXY", "III"), np.array([0.5, -0.3, 0.7, 0.2, -0.9, 0.1])),
    energy_shift=0.25,
)
# two electrons: two modes below, two above, and a hop of both
PAIR = GroundState(
    PauliSum(
        4,
        ("ZIII", "IZII", "IIZI", "IIIZ", "ZZII", "IIZZ", "XXYY", "YYXX", "XYYX", "YXXY"),
        np.array([0.3, 0.3, -0.3, -0.3, 0.1, 0.1, -0.05, -0.05, 0.05, 0.05]),
    )
)


@st.composite
def legal_circuits(draw, max_gates=14, widths=(2, 3, 4)):
    """A setting, the actions of a legal circuit and angles for it."""
    n = draw(st.sampled_from(widths))
    problem = GroundState.random(n, terms=6, seed=draw(st.integers(0, 99)))
    setting = Setting.of(problem, max_gates)
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    actions = setting.random_actions(draw(st.integers(1, max_gates)), rng)
    return setting, actions, rng.uniform(-3, 3, setting.width(actions))


def alphabets():
    """Both entanglers at several widths."""
    return [Alphabet(n, entangler) for n in (2, 3, 5) for entangler in ("cx", "cz")]
