"""Moves within and between vectors of four doubles whose lanes are I, X, Y, Z of one qubit."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core.extending import intrinsic

INDEX = ir.IntType(32)


def _compiled(function: Any) -> Any:
    """Make an intrinsic, whose first argument its callers leave out."""
    return intrinsic(function)


def _places(order: tuple[int, ...]) -> ir.Constant:
    return ir.Constant(ir.VectorType(INDEX, len(order)), order)


def _repeating(lane: int) -> Any:
    @_compiled
    def repeat(typing_context, a):
        """Return one lane in all lanes."""

        def generate(context, builder, signature, arguments):
            return builder.shuffle_vector(arguments[0], arguments[0], _places((lane,) * 4))

        return a(a), generate

    return repeat


def _blending(order: tuple[int, ...]) -> Any:
    @_compiled
    def blend(typing_context, a, b):
        """Return lanes of ``a`` (0 to 3) and of ``b`` (4 to 7) in a fixed order."""
        return a(a, a), lambda context, builder, _, arguments: builder.shuffle_vector(
            *arguments, _places(order)
        )

    return blend


def _negating(lane: int) -> Any:
    @_compiled
    def negate(typing_context, a):
        """Return the lanes with one of them negated."""
        order = tuple(k + 4 * (k == lane) for k in range(4))

        def generate(context, builder, signature, arguments):
            return builder.shuffle_vector(arguments[0], builder.fneg(arguments[0]), _places(order))

        return a(a), generate

    return negate


repeat_0, repeat_1, repeat_2, repeat_3 = (_repeating(lane) for lane in range(4))
upper = _blending((0, 1, 6, 7))  # Y and Z from the second
upper_swapped = _blending((1, 0, 7, 6))  # the same, then each pair exchanged
middle = _blending((0, 5, 6, 3))  # X and Y from the second
middle_reversed = _blending((3, 6, 5, 0))  # the same, then in opposite order
negate_1, negate_2, negate_3 = _negating(1), _negating(2), _negating(3)


@_compiled
def negate(typing_context, a):
    """Return the lanes negated."""
    return a(a), lambda context, builder, _, arguments: builder.fneg(arguments[0])
