"""HiGHS in a thread of its own: its caller sees incumbents as they come and can stop it at any time."""

from __future__ import annotations

import math
import queue
import threading
from dataclasses import dataclass

import highspy
import numpy as np
from highspy import HighsModelStatus
from highspy.highs import HighsCallbackEvent

from problems.binary.linear_form import LinearForm
from problems.contract import Array

DECIMALS = 6  # decimal places up to which an objective counts as an integer one on another scale
CLOSING = 0.4  # seconds that a search is given to come to rest after it was told to stop


@dataclass(frozen=True, eq=False)
class Incumbent:
    """A solution as HiGHS reported it.

    Attributes:
        number: How many came before.
        bits: uint8 ``[n]``, rounded.
        bound: The certified bound on the minimised objective at that moment, or −∞.
        nodes: Nodes of the search tree at that moment.
    """

    number: int
    bits: Array
    bound: float
    nodes: int


class BranchAndCut:
    """One search for the minimum of a linear form with its first n columns binary."""

    def __init__(self, form: LinearForm, threads: int, seed: int):
        self._form = form
        self._scale, self._on_grid = objective_scale(form.cost)
        self._highs = _QuietHighs()
        self._found: queue.SimpleQueue[Incumbent] = queue.SimpleQueue()
        self._count, self._dual, self._nodes = 0, -math.inf, 0
        self._stopping, self._ended = threading.Event(), threading.Event()
        for name, value in _options(threads, seed, self._on_grid).items():
            self._highs.setOptionValue(name, value)
        cost = form.cost * self._scale
        self._highs.passModel(_model(form, np.round(cost) if self._on_grid else cost))
        self._highs.cbMipImprovingSolution.subscribe(self._improve)
        for callback in (self._highs.cbMipInterrupt, self._highs.cbSimplexInterrupt):
            callback.subscribe(self._look)

    def start(self, time_limit: float) -> None:
        """Begin to search; HiGHS keeps to the limit where it does not ask us.

        The thread is no daemon: the interpreter must outlive a search that has not noticed the end yet.
        """
        self._highs.setOptionValue("time_limit", time_limit)
        threading.Thread(target=self._search).start()

    def works(self, patience: float) -> bool:
        """Wait up to ``patience`` seconds for the search to end; returns whether it still goes on."""
        return not self._ended.wait(patience)

    def stop(self) -> None:
        """Tell the search to end and wait a moment; one that does not notice ends at its next chance."""
        self._stopping.set()
        self._ended.wait(CLOSING)

    def incumbents(self) -> list[Incumbent]:
        """Return what was found since the last call, in order."""
        found = []
        while not self._found.empty():
            found.append(self._found.get())
        return found

    @property
    def bound(self) -> float:
        """The certified bound on the minimised objective so far, or −∞."""
        if self.optimal:
            return self._certified(self._highs.getInfo().mip_dual_bound)
        return self._certified(self._dual)

    @property
    def nodes(self) -> int:
        """Nodes of the search tree so far."""
        return max(0, int(self._highs.getInfo().mip_node_count)) if self._ended.is_set() else self._nodes

    @property
    def optimal(self) -> bool:
        """Whether the search ended with a proof."""
        return self._ended_as(HighsModelStatus.kOptimal, HighsModelStatus.kModelEmpty)

    @property
    def infeasible(self) -> bool:
        """Whether the search ended with a proof that nothing satisfies the rows."""
        return self._ended_as(HighsModelStatus.kInfeasible, HighsModelStatus.kUnboundedOrInfeasible)

    @property
    def reason(self) -> str:
        """Why the search ended, in the words of HiGHS."""
        return self._highs.modelStatusToString(self._highs.getModelStatus()).lower()

    def _ended_as(self, *wanted: HighsModelStatus) -> bool:
        return self._ended.is_set() and self._highs.getModelStatus() in wanted

    def _search(self) -> None:
        try:
            self._highs.run()
        finally:
            self._ended.set()

    def _improve(self, event: HighsCallbackEvent) -> None:
        """Queue a solution; called in the thread of the search, which must not touch the run."""
        out = event.data_out
        bits = np.round(np.array(out.mip_solution)[: self._form.n]).astype(np.uint8)
        self._found.put(Incumbent(self._count, bits, self._certified(out.mip_dual_bound), out.mip_node_count))
        self._count += 1

    def _look(self, event: HighsCallbackEvent) -> None:
        """Pass a wish to stop on to HiGHS; keep the bound for a caller that cannot wait for the end."""
        if event.callback_type == highspy.cb.HighsCallbackType.kCallbackMipInterrupt:
            self._dual = max(self._dual, event.data_out.mip_dual_bound)
            self._nodes = event.data_out.mip_node_count
        if self._stopping.is_set():
            event.interrupt()

    def _certified(self, dual: float) -> float:
        """Return a dual bound of the scaled costs as a bound on the objective."""
        if not math.isfinite(dual):
            return -math.inf
        if self._on_grid:
            dual = math.ceil(dual - min(1e-6 * max(1.0, abs(dual)), 0.25))
        return dual / self._scale + self._form.offset


def objective_scale(cost: Array) -> tuple[float, bool]:
    """Return a factor for the costs ``[N]``, and whether it turns all of them into integers.

    It is a power of ten where that makes integers, else the power of two that brings the largest to 2^10,
    so that the absolute tolerances of HiGHS are small against it.
    """
    for decimals in range(DECIMALS + 1):
        scaled = cost * 10.0**decimals
        if np.all(np.abs(scaled - np.round(scaled)) <= 4 * np.finfo(float).eps * np.abs(scaled)):
            return 10.0**decimals, True
    return 2.0 ** (10 - math.frexp(np.abs(cost).max())[1]), False


class _QuietHighs(highspy.Highs):
    """HiGHS prints a banner on the first call to it, unless that call is the one that silences it."""

    def enableCallbacks(self) -> None:  # noqa: N802
        """Silence the solver; the constructor comes through here before anything else."""
        self.silent()
        super().enableCallbacks()


def _options(threads: int, seed: int, on_grid: bool) -> dict[str, float | int]:
    options = {"threads": threads, "random_seed": seed, "mip_rel_gap": 0.0, "mip_abs_gap": 0.0}
    if not on_grid:
        tolerances = (
            "mip_feasibility_tolerance",
            "primal_feasibility_tolerance",
            "dual_feasibility_tolerance",
        )
        options |= dict.fromkeys(tolerances, 1e-9)
    return options


def _model(form: LinearForm, cost: Array) -> highspy.HighsLp:
    model, size = highspy.HighsLp(), len(cost)
    model.num_col_, model.num_row_ = size, len(form.lower)
    model.col_cost_, model.col_lower_, model.col_upper_ = cost, np.zeros(size), np.ones(size)
    model.row_lower_, model.row_upper_ = form.lower, form.upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = form.matrix.indptr.astype(np.int32)
    model.a_matrix_.index_ = form.matrix.indices.astype(np.int32)
    model.a_matrix_.value_ = np.asarray(form.matrix.data, dtype=np.float64)
    kinds = [highspy.HighsVarType.kInteger] * form.n + [highspy.HighsVarType.kContinuous] * (size - form.n)
    model.integrality_ = kinds
    return model
