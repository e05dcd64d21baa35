"""Vectors of 256 bits inside compiled kernels: what the compiler does not find by itself, said outright.

Four doubles or eight singles, by the type of the array that they come from. Loads and stores need no
alignment. Processors without such registers get the same values by shorter ones.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.extending import intrinsic
from numba.core.imputils import impl_ret_borrowed
from numba.extending import models, register_model
from numba.np import arrayobj

INDEX = ir.IntType(32)


def _compiled(function: Any) -> Any:
    """Make an intrinsic, whose first argument its callers leave out."""
    return intrinsic(function)


class Lanes(types.Type):
    """The type of a vector of floats; its width follows from their size."""

    def __init__(self, scalar: Any):
        self.scalar, self.width = scalar, 256 // scalar.bitwidth
        super().__init__(name=f"Lanes({scalar}, {self.width})")

    @property
    def key(self) -> Any:
        """What tells two types apart."""
        return self.scalar


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Lanes):
        super().__init__(manager, kind, _vector(kind))


def _vector(kind: Lanes) -> ir.VectorType:
    scalar = ir.DoubleType() if kind.scalar.bitwidth == 64 else ir.FloatType()
    return ir.VectorType(scalar, kind.width)


def _address(context: Any, builder: Any, array_type: Any, place: Any, kind: Lanes) -> Any:
    array, index = place
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), _vector(kind).as_pointer())


@_compiled
def width(typing_context, array):
    """Return the number of lanes, a constant of the array's type."""
    lanes = Lanes(array.dtype).width
    return types.intp(array), lambda context, *_: context.get_constant(types.intp, lanes)


@_compiled
def part(typing_context, array, start, size):
    """Return the view of ``size`` numbers of a contiguous vector from ``start`` on.

    As ``array[start : start + size]``, for places that are known to lie inside: what numba makes of a slice,
    with its care for signs and steps, takes ten times as long to compile.
    """
    if array.layout != "C":
        return None  # no such function of a vector with gaps
    view = types.Array(array.dtype, 1, "C")

    def generate(context, builder, signature, arguments):
        source = context.make_array(array)(context, builder, arguments[0])
        return _view(context, builder, view, source, builder.gep(source.data, [arguments[1]]), arguments[2])

    return view(array, types.intp, types.intp), generate


@_compiled
def row_of(typing_context, array, index):
    """Return the view of a row of a contiguous matrix, as ``array[index]``, for an index from 0 on."""
    if array.layout != "C":
        return None  # no such function of a vector with gaps
    view = types.Array(array.dtype, 1, "C")

    def generate(context, builder, signature, arguments):
        source = context.make_array(array)(context, builder, arguments[0])
        columns = builder.extract_value(source.shape, array.ndim - 1)
        data = builder.gep(source.data, [builder.mul(arguments[1], columns)])
        return _view(context, builder, view, source, data, columns)

    return view(array, types.intp), generate


def _view(context: Any, builder: Any, kind: Any, source: Any, data: Any, size: Any) -> Any:
    target = context.make_array(kind)(context, builder)
    itemsize = context.get_constant(types.intp, kind.dtype.bitwidth // 8)
    arrayobj.populate_array(
        target, data=data, shape=[size], strides=[itemsize], itemsize=itemsize, meminfo=source.meminfo,
        parent=source.parent,
    )  # fmt: skip
    return impl_ret_borrowed(context, builder, kind, target._getvalue())


@_compiled
def load(typing_context, array, index):
    """Return the lanes of ``array`` from ``index`` on."""
    kind = Lanes(array.dtype)

    def generate(context, builder, signature, arguments):
        read = builder.load(_address(context, builder, signature.args[0], arguments, kind))
        read.align = kind.scalar.bitwidth // 8
        return read

    return kind(array, types.intp), generate


@_compiled
def store(typing_context, array, index, value):
    """Write lanes to ``array`` from ``index`` on."""

    def generate(context, builder, signature, arguments):
        place = _address(context, builder, signature.args[0], arguments[:2], value)
        written = builder.store(arguments[2], place)
        written.align = value.scalar.bitwidth // 8
        return context.get_dummy_value()

    return types.void(array, types.intp, value), generate


@_compiled
def spread(typing_context, array, value):
    """Return a number in all lanes, of the array's type."""
    kind = Lanes(array.dtype)

    def generate(context, builder, signature, arguments):
        vector = _vector(kind)
        number = context.cast(builder, arguments[1], signature.args[1], kind.scalar)
        one = builder.insert_element(ir.Constant(vector, ir.Undefined), number, ir.Constant(INDEX, 0))
        return builder.shuffle_vector(one, one, _places([0] * kind.width))

    return kind(array, value), generate


@_compiled
def multiply_add(typing_context, a, b, c):
    """Return a·b + c, rounded once."""
    return a(a, a, a), lambda context, builder, _, arguments: _fused(builder, a, *arguments)


@_compiled
def subtract_product(typing_context, a, b, c):
    """Return c − a·b, rounded once."""

    def generate(context, builder, signature, arguments):
        return _fused(builder, a, builder.fneg(arguments[0]), *arguments[1:])

    return a(a, a, a), generate


@_compiled
def multiply(typing_context, a, b):
    """Return a·b."""
    return a(a, a), lambda context, builder, _, arguments: builder.fmul(*arguments)


@_compiled
def add(typing_context, a, b):
    """Return a + b."""
    return a(a, a), lambda context, builder, _, arguments: builder.fadd(*arguments)


@_compiled
def total(typing_context, a):
    """Return the sum of all lanes as a double."""

    def generate(context, builder, signature, arguments):
        wide = ir.DoubleType()
        result = ir.Constant(wide, 0.0)
        for lane in range(a.width):
            value = builder.extract_element(arguments[0], ir.Constant(INDEX, lane))
            result = builder.fadd(result, value if a.scalar.bitwidth == 64 else builder.fpext(value, wide))
        return result

    return types.float64(a), generate


def _swapping(step: int) -> Any:
    @_compiled
    def swap(typing_context, a):
        """Return the lanes with each pair at distance ``step`` exchanged; unchanged if there is none."""
        order = [lane ^ step for lane in range(a.width)] if step < a.width else list(range(a.width))

        def generate(context, builder, signature, arguments):
            return builder.shuffle_vector(arguments[0], arguments[0], _places(order))

        return a(a), generate

    return swap


swap_1, swap_2, swap_4 = _swapping(1), _swapping(2), _swapping(4)


def _alternating(step: int) -> Any:
    @_compiled
    def alternate(typing_context, a):
        """Return the lanes negated where the lane's number lacks the bit ``step``."""

        def generate(context, builder, signature, arguments):
            negated = builder.fneg(arguments[0])
            order = [lane if lane & step else lane + a.width for lane in range(a.width)]
            return builder.shuffle_vector(arguments[0], negated, _places(order))

        return a(a), generate

    return alternate


alternate_1, alternate_2, alternate_4 = _alternating(1), _alternating(2), _alternating(4)


def _places(order: list[int]) -> ir.Constant:
    return ir.Constant(ir.VectorType(INDEX, len(order)), order)


def _fused(builder: Any, kind: Lanes, *values: Any) -> Any:
    vector = _vector(kind)
    name = f"llvm.fma.v{kind.width}f{kind.scalar.bitwidth}"
    function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(vector, [vector] * 3), name)
    return builder.call(function, values)


@_compiled
def reverse(typing_context, a):
    """Return the lanes in opposite order."""
    order = list(range(a.width))[::-1]
    return a(a), lambda context, builder, _, arguments: builder.shuffle_vector(*arguments * 2, _places(order))


@_compiled
def by_parity(typing_context, a):
    """Return the lanes negated where the lane's number has an odd number of ones."""

    def generate(context, builder, signature, arguments):
        order = [lane + a.width * (lane.bit_count() % 2) for lane in range(a.width)]
        return builder.shuffle_vector(arguments[0], builder.fneg(arguments[0]), _places(order))

    return a(a), generate
