"""ADAPT-VQE: excitations join the circuit one at a time, the one with the steepest slope first.

References: Grimsley, Economou, Barnes, Mayhall, arXiv 1812.11173; with qubit excitations after Yordanov et
al., Communications Physics 4, 228 (2021).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal

import numpy as np

from backends.backend import Backend
from backends.statevector import Statevector
from backends.workload import Expectation
from classical.minimisation.lbfgs import Lbfgs
from hybrid.ansatz_forms import evolution, excitation
from hybrid.variational import CircuitEnergy
from problems.checking import check_choice, check_integer, check_number
from problems.contract import Array, Solver
from problems.ground_state import Gate, GateSequence, GroundState
from problems.minimisation import Minimisation
from problems.run import Run

Generator = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class AdaptVqe(Solver[GroundState, GateSequence]):
    """Grow a circuit from the basis state of least energy by operators of a pool.

    Each round measures |dE/dθ| at θ = 0 of every operator behind the circuit, adds the steepest, and trains
    all parameters from where they are.

    Attributes:
        pool: "excitations" are all single and double qubit excitations, both ways between any qubits;
            "strings" are the Pauli strings of the same operators with one Y, each by itself: shorter circuits
            from more rounds.
        rounds: Operators at most.
        slope: Ends when no slope is steeper.
        optimizer: Trains the parameters.
        backend: Where circuits run; it has exact gradients.
    """

    pool: Literal["excitations", "strings"] = "excitations"
    rounds: int = 20
    slope: float = 1e-4
    optimizer: Solver[Minimisation, Array] = field(default_factory=lambda: Lbfgs(evaluations=200))
    backend: Backend = field(default_factory=Statevector)

    def __post_init__(self):
        check_choice("pool", self.pool, ("excitations", "strings"))
        check_integer("rounds", self.rounds, 1)
        check_number("slope", self.slope, 0.0)

    def unsuitable(self, problem: GroundState) -> str | None:
        """Refuse a single qubit, devices that lack the pool's gates, and backends without gradients."""
        if problem.n < 2:
            return "its pool needs two qubits, and the Hamiltonian has one"
        operators = operator_pool(problem.n, self.pool)
        probe = extended(start_gates(problem), operators[-1], 0)
        whole = GateSequence(problem.n, tuple(gate for one in operators for gate in extended([], one, 0)))
        broken = {name: amount for name, amount in problem.violations(whole).items() if amount}
        if broken:
            return "gates of its pool break the problem's limits: " + ", ".join(broken)
        rows = np.zeros((1, 1))
        circuit = GateSequence(problem.n, tuple(probe))
        return self.backend.unsuitable(Expectation(circuit, (problem.hamiltonian,), rows, gradient=True))

    def _solve(self, problem: GroundState, run: Run) -> GateSequence:
        operators = operator_pool(problem.n, self.pool)
        gates, x = start_gates(problem), np.zeros(0)
        circuit = GateSequence(problem.n, tuple(gates))
        run.offer(circuit)
        for step in run.steps(self.rounds, "operator"):
            slopes = self._slopes(problem, gates, x, operators, run)
            best = int(np.argmax(np.abs(slopes)))
            if run.converged(bool(abs(slopes[best]) < self.slope), "no operator of the pool has a slope"):
                break
            gates = extended(gates, operators[best], len(x))
            circuit = GateSequence(problem.n, tuple(gates))
            x, energy = self._trained(problem, circuit, np.append(x, 0.0), run)
            run.offer(circuit.bind(x), energy)
            run.record(
                step=step, objective=energy, slope=float(abs(slopes[best])), gates=len(gates), operator=best
            )
        return run.best

    def _slopes(
        self, problem: GroundState, gates: list[Gate], x: Array, operators: list[Generator], run: Run
    ) -> Array:
        """Return dE/dθ at θ = 0 of each operator behind the circuit."""
        slopes, row = np.empty(len(operators)), np.append(x, 0.0)[None]
        for k, operator in enumerate(operators):
            circuit = GateSequence(problem.n, tuple(extended(gates, operator, len(x))))
            seed = run.seed()
            work = Expectation(circuit, (problem.hamiltonian,), row, gradient=True, seed=seed)
            slopes[k] = run.execute(self.backend, work).gradient[0, 0, -1]
        return slopes

    def _trained(
        self, problem: GroundState, circuit: GateSequence, start: Array, run: Run
    ) -> tuple[Array, float]:
        energy = CircuitEnergy(run, self.backend, circuit, problem.hamiltonian, start=start)
        x = energy.parameters(run.solve(self.optimizer, energy).solution)
        value = energy.evaluate(x[None], run.seed()).mean[0]
        return x, float(value) + problem.energy_shift


def operator_pool(n: int, pool: str) -> list[Generator]:
    """Return the generators, each a sum of commuting strings, of all excitations among n qubits."""
    moves: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
        ((i,), (a,)) for i, a in combinations(range(n), 2)
    ]
    for four in combinations(range(n), 4):
        for pair in combinations(four, 2):
            if pair[0] == four[0]:  # the two ways round differ in sign alone
                moves.append((pair, tuple(q for q in four if q not in pair)))
    whole = [tuple(excitation(n, source, target)) for source, target in moves]
    if pool == "excitations":
        return whole
    strings = dict.fromkeys(string for generator in whole for string, _ in generator)
    return [((string, 1.0),) for string in strings if string.count("Y") == 1]


def start_gates(problem: GroundState) -> list[Gate]:
    """Return the gates that prepare the basis state of least energy."""
    return [Gate("rx", (int(q),), None, np.pi) for q in np.flatnonzero(problem.starting_bits)]


def extended(gates: list[Gate], operator: Generator, parameter: int) -> list[Gate]:
    """Return gates with e^(−iθG) behind them, θ the parameter."""
    added = [gate for string, c in operator for gate in evolution(string, 2 * c, parameter)]
    return [*gates, *added]
