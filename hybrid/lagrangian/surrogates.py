"""Slack-free surrogates: QUBOs on the program's own bits that stand for its rows.

``Linear`` alone is the Lagrangian, whose exact minimum is a bound. The others trade that for minima that are
feasible: on linear rows without products the best Lagrangian bound is that of the linear relaxation, and
whatever samples ``Linear`` adds nothing to it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from hybrid.lagrangian.model import LagrangianModel
from problems.binary.quadratic import QuadraticForm, add_forms
from problems.checking import check_number
from problems.contract import Array

ACTIVE = 1e-9  # a row is active where its price in the linear relaxation is above this
EQUALITY_START = 0.5  # first ρ of an equality in scaled units: a quarter of the largest coefficient times h²


@dataclass(frozen=True, eq=False)
class Terms:
    """The numbers of a surrogate, per row and in scaled units.

    Attributes:
        multipliers: λ ``[m]``.
        penalties: ρ ``[m]``.
        centres: s ``[m]``, the slack that is expected at good points.
        active: ``[m]`` which rows are in the surrogate.
    """

    multipliers: Array
    penalties: Array
    centres: Array
    active: Array


@dataclass(frozen=True)
class Surrogate(ABC):
    """How rows become part of a QUBO on the same bits.

    Attributes:
        lagrangian: Whether its multipliers are those of the Lagrangian, so that they give a bound.
        exact: Whether its minimum is the dual function itself.
    """

    lagrangian: ClassVar[bool] = True
    exact: ClassVar[bool] = False

    @abstractmethod
    def begin(self, model: LagrangianModel, multipliers: Array, slack: Array) -> Terms:
        """Return the first terms.

        Args:
            model: The scaled program.
            multipliers: ``[m]`` those to begin with.
            slack: ``[m]`` what a good feasible point leaves of each row, in scaled units.
        """

    @abstractmethod
    def form(self, model: LagrangianModel, terms: Terms) -> QuadraticForm:
        """Return the surrogate over the program's bits, in scaled units."""

    def refocus(
        self, model: LagrangianModel, terms: Terms, mean_excess: Array, excess: Array | None
    ) -> Terms:
        """Return the terms with the active rows chosen anew.

        Args:
            model: The scaled program.
            terms: The terms as they are.
            mean_excess: ``[m]`` over the last samples.
            excess: ``[m]`` at the incumbent, or None before there is one.
        """
        return terms


@dataclass(frozen=True)
class Linear(Surrogate):
    """The Lagrangian f + λᵀ(Ax − b): its exact minimum is a bound, and all rows are in it."""

    exact = True

    def begin(self, model: LagrangianModel, multipliers: Array, slack: Array) -> Terms:
        """Return the multipliers without penalties."""
        none = np.zeros(model.num_rows)
        return Terms(multipliers, none, none, np.ones(model.num_rows, dtype=bool))

    def form(self, model: LagrangianModel, terms: Terms) -> QuadraticForm:
        """Return the Lagrangian."""
        return model.lagrangian(terms.multipliers)


@dataclass(frozen=True)
class Centred(Surrogate):
    """f + Σ_j λ_j g_j + ρ_j/2 (g_j + s_j)² over the active rows; packing rows enter by their products.

    Expanded by the unused capacity −g this is the unbalanced penalisation of Montañez-Barrera et al., arXiv
    2211.13914. ρ = curvature · p̄/(½)² with p̄ the mean change of the objective by a flip and rows of largest
    weight 1; s = min(½ slack of a good feasible point, ¼). A row is active where the linear relaxation prices
    it, from where samples break it in the mean, and always if it is an equality, which has no centre.

    Attributes:
        curvature: The factor of ρ.
        farthest: The largest centre, in units of the row's largest weight.
    """

    curvature: float = 0.5
    farthest: float = 0.25

    def __post_init__(self):
        check_number("curvature", self.curvature, 0.0, open_low=True)
        check_number("farthest", self.farthest, 0.0)

    def begin(self, model: LagrangianModel, multipliers: Array, slack: Array) -> Terms:
        """Return ρ and s by the recipe."""
        mean_gain = float(model.form.gains().mean()) if model.n else 1.0
        rho = np.full(model.num_rows, self.curvature * (mean_gain or 1.0) / 0.25)
        rho[model.equality] = EQUALITY_START
        centres = np.where(model.equality, 0.0, np.clip(0.5 * slack, 0.0, self.farthest))
        active = ((multipliers > ACTIVE) | model.equality) & ~packing_rows(model)
        return Terms(multipliers, rho, centres, active)

    def form(self, model: LagrangianModel, terms: Terms) -> QuadraticForm:
        """Return the objective, the active rows' terms and the products of packing rows."""
        return add_forms(
            [
                model.form,
                _active_rows(model, terms, terms.centres),
                pair_products(model, np.full(model.num_rows, np.nan)),
            ]
        )

    def refocus(
        self, model: LagrangianModel, terms: Terms, mean_excess: Array, excess: Array | None
    ) -> Terms:
        """Let rows join that the samples break in the mean."""
        joining = (mean_excess > 1e-9) & ~packing_rows(model)
        return replace(terms, active=terms.active | joining)


@dataclass(frozen=True)
class ActiveAugmented(Surrogate):
    """f + Σ_j λ_j g_j + ρ_j/2 g_j² over the rows with λ_j + ρ_j g_j > 0 at the incumbent, and equalities.

    On those rows it is the quadratic piece of Rockafellar's augmented Lagrangian (1/2ρ)Σ[max(0, λ + ρg)² −
    λ²]; the whole function is no quadratic form, so the piece is chosen anew at every incumbent.

    Attributes:
        curvature: The factor of ρ, which follows the recipe of ``Centred``.
    """

    curvature: float = 0.5

    def __post_init__(self):
        check_number("curvature", self.curvature, 0.0, open_low=True)

    def begin(self, model: LagrangianModel, multipliers: Array, slack: Array) -> Terms:
        """Return ρ by the recipe, and the rows active at the good point."""
        first = Centred(self.curvature).begin(model, multipliers, slack)
        active = (multipliers - first.penalties * slack > 0) | model.equality
        return replace(first, centres=np.zeros(model.num_rows), active=active & ~packing_rows(model))

    def form(self, model: LagrangianModel, terms: Terms) -> QuadraticForm:
        """Return the objective, the active rows' terms and the products of packing rows."""
        return Centred(self.curvature).form(model, terms)

    def refocus(
        self, model: LagrangianModel, terms: Terms, mean_excess: Array, excess: Array | None
    ) -> Terms:
        """Choose the piece at the incumbent, or at the sample mean before there is one."""
        at = mean_excess if excess is None else excess
        pressing = terms.multipliers + terms.penalties * at > 0
        return replace(terms, active=(pressing | model.equality) & ~packing_rows(model))


@dataclass(frozen=True)
class PricedProducts(Surrogate):
    """f + Σ_r λ_r Σ x_u x_v over the pairs of each packing row: no slack, and no square either.

    For an independent set of equal weights λ >= 1 is exact. It takes programs whose rows all are packing
    rows, and goes with ``ViolationSteps``.

    Attributes:
        first: λ of every row at the start, in units of the objective's largest coefficient.
    """

    first: float = 1.0
    lagrangian = False

    def __post_init__(self):
        check_number("first", self.first, 0.0, open_low=True)

    def begin(self, model: LagrangianModel, multipliers: Array, slack: Array) -> Terms:
        """Return one multiplier for all rows, whatever the linear relaxation says."""
        none = np.zeros(model.num_rows)
        return Terms(none + self.first, none, none, np.ones(model.num_rows, dtype=bool))

    def form(self, model: LagrangianModel, terms: Terms) -> QuadraticForm:
        """Return the objective and the priced products."""
        return model.form + pair_products(model, terms.multipliers)


def packing_rows(model: LagrangianModel) -> Array:
    """Return which rows ``[m]`` forbid pairs and nothing else."""
    return np.array([kind == "packing" for kind in model.program.constraints.classes], dtype=bool)


def pair_products(model: LagrangianModel, multipliers: Array) -> QuadraticForm:
    """Return Σ_r λ_r Σ x_u x_v over the pairs of packing rows; where λ_r is NaN, a price from the data.

    That price is twice the most that the less useful bit of the pair can bring, so that minima keep the row.
    """
    useful = np.maximum(0.0, -model.form.slopes()[0])
    firsts, seconds, prices = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)]
    for r in np.flatnonzero(packing_rows(model)):
        index, _ = model.program.constraints.entries(int(r))
        left, right = np.triu_indices(len(index), 1)
        firsts.append(index[left])
        seconds.append(index[right])
        from_data = 2.0 * np.minimum(useful[index[left]], useful[index[right]])
        from_data = np.where(from_data > 0, from_data, 1.0)
        prices.append(from_data if np.isnan(multipliers[r]) else np.full(len(left), multipliers[r]))
    return QuadraticForm(
        np.zeros(model.n), np.concatenate(firsts), np.concatenate(seconds), np.concatenate(prices)
    )


def _active_rows(model: LagrangianModel, terms: Terms, centres: Array) -> QuadraticForm:
    """Return Σ λ_j g_j + ρ_j/2 (g_j + s_j)² over the active rows."""
    forms = [model.lagrangian(np.where(terms.active, terms.multipliers, 0.0)) + -model.form]
    matrix = model.matrix
    for r in np.flatnonzero(terms.active):
        span = slice(matrix.indptr[r], matrix.indptr[r + 1])
        constant = float(centres[r] - model.right[r])
        squared = QuadraticForm.squared(model.n, matrix.indices[span], matrix.data[span], constant)
        forms.append(squared.scaled(terms.penalties[r] / 2))
    return add_forms(forms)
