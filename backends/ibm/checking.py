"""The fields of ``IBMQuantum``: ranges, and choices that exclude each other."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from backends.ibm.connection import refuse_name
from backends.ibm.cost import PRICES, Limits
from backends.ibm.mitigation import METHODS
from backends.ibm.options import Twirling
from backends.ibm.retry import Retries
from problems.checking import check_choice, check_integer, check_number
from problems.errors import ProblemError

if TYPE_CHECKING:
    from backends.ibm.backend import IBMQuantum

CHOICES = {
    "mode": ("job", "batch", "session"),
    "swap_strategy": ("auto", "line", "transpiler"),
    "dynamical_decoupling": (None, "XX", "XpXm", "XY4"),
    "readout_mitigation": (None, *METHODS),
    "plan": tuple(PRICES),
}
KINDS = {"twirling": Twirling, "retries": Retries, "limits": Limits}


def check_fields(backend: IBMQuantum) -> None:
    """Refuse fields out of range.

    Raises:
        ProblemError: Naming the first that is wrong.
    """
    refuse_name(backend.name)
    for name, choices in CHOICES.items():
        check_choice(name, getattr(backend, name), choices)
    for name, kind in KINDS.items():
        if not isinstance(getattr(backend, name), kind):
            raise ProblemError(name, getattr(backend, name), f"a {kind.__name__}")
    check_integer("optimization_level", backend.optimization_level, 0, 3)
    check_integer("seed_transpiler", backend.seed_transpiler, 0)
    check_integer("resilience_level", backend.resilience_level, 0, 2)
    for name in ("min_num_qubits", "max_time", "max_execution_time"):
        if getattr(backend, name) is not None:
            check_integer(name, getattr(backend, name), 1)
    check_number("default_precision", backend.default_precision, 0.0, open_low=True)
    if backend.price_per_second is not None:
        check_number("price_per_second", backend.price_per_second, 0.0)
    _layout(backend)
    _noise_factors(backend)
    _together(backend)


def _layout(backend: IBMQuantum) -> None:
    if backend.initial_layout is None:
        return
    layout = tuple(backend.initial_layout)
    for k, qubit in enumerate(layout):
        check_integer(f"initial_layout[{k}]", qubit, 0)
    if len(set(layout)) < len(layout):
        raise ProblemError("initial_layout", layout, "a different physical qubit for each qubit")
    object.__setattr__(backend, "initial_layout", tuple(int(qubit) for qubit in layout))


def _noise_factors(backend: IBMQuantum) -> None:
    factors = tuple(backend.noise_factors)
    for k, factor in enumerate(factors):
        check_number(f"noise_factors[{k}]", factor, 1.0)
    if len(set(factors)) < 2:
        raise ProblemError("noise_factors", factors, "at least two different factors to extrapolate from")
    object.__setattr__(backend, "noise_factors", tuple(float(factor) for factor in factors))


def _together(backend: IBMQuantum) -> None:
    if backend.fractional_gates and (backend.twirling.gates or backend.resilience_level == 2):
        remedy = "the service does not combine them: take one or the other"
        expected = "False with gate twirling or resilience_level=2"
        raise ProblemError("fractional_gates", True, expected, remedy)
    if backend.gateway is not None:
        check_gateway("gateway", backend.gateway)


def check_gateway(field: str, url: str) -> None:
    """Refuse what is no base URL, or one that has a user or a password in it."""
    parts = urlsplit(url) if isinstance(url, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ProblemError(field, "what was handed in", "a URL such as https://gateway.example/api/v1")
    if parts.username or parts.password:
        raise ProblemError(
            field, "a URL with a password in it", "one without", "a saved account holds the key"
        )
