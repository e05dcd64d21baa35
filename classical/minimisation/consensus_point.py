"""The consensus point of a swarm: its mean under Gibbs weights, and how many particles carry it.

Reference: Pinnau, Totzeck, Tse, Martin, "A consensus-based model for global optimization and its mean-field
limit", 2017.
"""

from __future__ import annotations

import numpy as np

from problems.contract import Array

FARTHEST = 1e12  # inverse temperatures are searched up to this, per spread of the energies
HALVINGS = 100  # of the bracket: 24 decades shrink below a float's resolution


def gibbs_weights(energies: Array, alpha: float) -> Array:
    """Return the weights ``[N]``, proportional to exp(−α E), that add up to 1; 0 where E is not finite.

    The least energy is subtracted first, so nothing overflows and the largest weight is never lost.
    At least one energy must be finite.
    """
    finite = np.isfinite(energies)
    above = np.where(finite, energies, np.inf) - np.min(energies[finite])
    weights = np.exp(-alpha * above)
    return weights / weights.sum()


def soft_minimum(energies: Array, alpha: float) -> float:
    """Return −log(mean of exp(−α E))/α of the finite energies ``[N]``: between their minimum and mean."""
    finite = energies[np.isfinite(energies)]
    least = float(finite.min())
    return least - float(np.log(np.mean(np.exp(-alpha * (finite - least))))) / alpha


def consensus_of(points: Array, weights: Array) -> Array:
    """Return the weighted mean ``[P]`` of points ``[N, P]``."""
    return weights @ points


def effective_size(weights: Array) -> float:
    """Return (Σw)²/Σw², between 1 and N: how many particles carry the consensus."""
    return float(weights.sum() ** 2 / np.sum(weights**2))


def alpha_of_share(energies: Array, share: float) -> float:
    """Return the α at which the effective size is this share of the particles with a finite energy.

    Found by bisection in log α, in which the effective size falls. Where many particles tie at the least
    energy, it never falls so far: then α is as large as searched for.
    """
    finite = energies[np.isfinite(energies)]
    width = float(finite.max() - finite.min())
    if width == 0:
        return FARTHEST
    low, high = -np.log(FARTHEST * width), np.log(FARTHEST / width)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if effective_size(gibbs_weights(finite, float(np.exp(middle)))) > share * len(finite):
            low = middle
        else:
            high = middle
    return float(np.exp((low + high) / 2))


def grown_alpha(alpha: float, growth: float, steps: int) -> float:
    """Return α times a factor to the power of so many steps, kept between 1e-12 and 1e12."""
    if growth == 1:
        return alpha
    limit = np.log(FARTHEST)
    return float(np.exp(np.clip(np.log(alpha) + steps * np.log(growth), -limit, limit)))


def alpha_for(
    energies: Array, errors: Array | None, alpha: float, share: float | None, cap: float | None
) -> float:
    """Return the inverse temperature of a step.

    Args:
        energies: ``[N]``, NaN where there is none.
        errors: Their standard errors ``[N]``, or None.
        alpha: Where it is fixed.
        share: The effective size to reach, as a share of the particles; None for the fixed one.
        cap: α times the typical error stays below it, so that no particle wins by luck alone; None for none.
    """
    chosen = min(alpha, FARTHEST) if share is None else alpha_of_share(energies, share)
    if cap is None or errors is None:
        return chosen
    known = errors[np.isfinite(energies) & np.isfinite(errors)]
    typical = float(np.median(known)) if len(known) else 0.0
    return min(chosen, cap / typical) if typical > 0 else chosen
