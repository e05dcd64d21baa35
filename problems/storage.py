"""One traversal for saving, loading and content digests: plain values, arrays, dataclasses and named
functions.

A file is an ``.npz``: one JSON tree and its arrays. Nothing is pickled, and loading resolves names from this
distribution, jax and equinox alone (plus the packages that the caller trusts by name).
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import json
import math
import os
import secrets
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np

from problems.errors import HybridError

DAMAGE = (  # what reading an archive raises that is damaged, cut off or none at all
    ValueError, KeyError, OSError, EOFError, TypeError, OverflowError, RuntimeError, NotImplementedError,
    struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
TRUSTED = ("problems", "backends", "classical", "hybrid", "jax", "equinox")


class StorageError(HybridError, TypeError):
    """Something cannot be written to disk, or a file holds what must not be read."""


def save(value: Any, path: str | os.PathLike[str]) -> Path:
    """Write a value (a result, a problem, a solver …) to ``path``, atomically; returns the path.

    Raises:
        StorageError: If it holds what has no stored form, such as a lambda; names where.
    """
    arrays: list[np.ndarray] = []
    tree = _encode(value, arrays, "value")
    text = json.dumps({"format": 1, "tree": tree}, allow_nan=False).encode()
    target = Path(path)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}.partial")
    try:
        with open(temporary, "xb") as stream:  # with the caller's own permissions, unlike a private mkstemp
            parts: dict[str, Any] = {f"a{k}": array for k, array in enumerate(arrays)}
            np.savez_compressed(stream, tree=np.frombuffer(text, dtype=np.uint8), **parts)
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return target


def load(path: str | os.PathLike[str], trust: tuple[str, ...] = ()) -> Any:
    """Read back what ``save`` wrote.

    Args:
        path: The file.
        trust: Further top-level packages whose classes may be built, e.g. your own.

    Raises:
        StorageError: If the file is no such file or names a class from a package that is not trusted.
    """
    try:
        with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        document = json.loads(arrays.pop("tree").tobytes())
        version = document["format"]
    except DAMAGE as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise StorageError(f"{path} is not a file written by this framework: {error}") from error
    if version != 1:
        raise StorageError(f"{path} has format {version}; this version reads format 1")
    return _decode(document["tree"], arrays, TRUSTED + trust)


def digest(value: Any) -> str:
    """Return 32 hexadecimal digits that depend on the content of ``value`` alone.

    Fields with ``metadata={"content": False}`` do not count; neither do the order of a dict or the byte order
    of an array.
    """
    arrays: list[np.ndarray] = []
    tree = _encode(value, arrays, "value", content=True)
    return hashlib.blake2b(json.dumps(tree, allow_nan=False).encode(), digest_size=16).hexdigest()


def content_fields(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the name and value of every field of a dataclass that counts as content."""
    for entry in dataclasses.fields(value):
        if entry.metadata.get("content", True):
            yield entry.name, getattr(value, entry.name)


def _encode(value: Any, arrays: list[np.ndarray], where: str, content: bool = False) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, int):
        return value if abs(value) < 2**53 else {"$int": str(value)}
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": str(value)}
    if isinstance(value, complex):
        return {"$complex": [str(value.real), str(value.imag)]}
    if isinstance(value, bytes):
        return {"$bytes": value.hex()}
    if isinstance(value, PurePath):
        return {"$path": str(value)}
    return _encode_composite(value, arrays, where, content)


def _encode_composite(value: Any, arrays: list[np.ndarray], where: str, content: bool) -> Any:
    def inner(part: Any, step: str) -> Any:
        return _encode(part, arrays, f"{where}{step}", content)

    if isinstance(value, list | tuple):
        items = [inner(part, f"[{k}]") for k, part in enumerate(value)]
        return items if isinstance(value, list) else {"$tuple": items}
    if isinstance(value, Mapping):
        pairs = [[inner(key, " key"), inner(part, f"[{key!r}]")] for key, part in value.items()]
        return {"$dict": sorted(pairs, key=json.dumps) if content else pairs}
    if isinstance(value, frozenset | set):
        return {"$set": sorted((inner(part, " element") for part in value), key=json.dumps)}
    if isinstance(value, np.ndarray) or _is_jax_array(value):
        return _encode_array(value, arrays, where, content)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        named = (
            content_fields(value)
            if content
            else ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
        )
        fields = {name: inner(part, f".{name}") for name, part in named}
        return {"$object": _qualified_name(type(value), where), "fields": fields}
    if isinstance(value, type | FunctionType | BuiltinFunctionType | np.ufunc) or callable(value):
        return {"$name": _qualified_name(value, where)}
    raise StorageError(f"{where} is a {type(value).__name__}, which has no stored form")


def _encode_array(value: Any, arrays: list[np.ndarray], where: str, content: bool) -> Any:
    array = np.asarray(value)
    if array.dtype.kind not in "biufcSU":
        raise StorageError(f"{where} is an array of {array.dtype}, which has no stored form")
    array = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False)).reshape(array.shape)
    if content:
        fingerprint = hashlib.blake2b(array.tobytes(), digest_size=16).hexdigest()
        return {"$array": [array.dtype.str, list(array.shape), fingerprint]}
    arrays.append(array)
    return {"$jax" if _is_jax_array(value) else "$array": len(arrays) - 1}


def _qualified_name(value: Any, where: str) -> str:
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if not module or not name or "<" in name:
        raise StorageError(
            f"{where} is {value!r}, which cannot be named; use a function at the top of a module"
        )
    return f"{module}:{name}"


def _is_jax_array(value: Any) -> bool:
    return type(value).__module__.split(".")[0] in ("jax", "jaxlib") and hasattr(value, "__array__")


def _decode(tree: Any, arrays: Mapping[str, np.ndarray], trusted: tuple[str, ...]) -> Any:
    def inner(part: Any) -> Any:
        return _decode(part, arrays, trusted)

    if isinstance(tree, list):
        return [inner(part) for part in tree]
    if not isinstance(tree, dict):
        return tree
    tag = next(iter(tree))
    content = tree[tag]
    if tag == "$object":
        return _build(
            _resolve(content, trusted), {name: inner(part) for name, part in tree["fields"].items()}
        )
    readers = {
        "$int": int,
        "$float": float,
        "$complex": lambda pair: complex(float(pair[0]), float(pair[1])),
        "$bytes": bytes.fromhex,
        "$path": Path,
        "$tuple": lambda parts: tuple(inner(part) for part in parts),
        "$dict": lambda pairs: {inner(key): inner(part) for key, part in pairs},
        "$set": lambda parts: frozenset(inner(part) for part in parts),
        "$array": lambda k: _member(arrays, k),
        "$jax": lambda k: _as_jax(_member(arrays, k)),
        "$name": lambda name: _resolve(name, trusted),
    }
    if tag not in readers:
        raise StorageError(f"the file holds an unknown mark {tag!r}")
    return readers[tag](content)


def _build(cls: type, fields: dict[str, Any]) -> Any:
    """Build through the generated ``__init__`` where there is one: a file is validated like any input."""
    if not dataclasses.is_dataclass(cls):
        raise StorageError(f"the file names {cls!r}, which is not a dataclass")
    generated = "__init__" in vars(cls) and getattr(cls, "__dataclass_params__").init  # noqa: B009
    takes = {entry.name for entry in dataclasses.fields(cls) if entry.init}
    if generated and takes == set(fields):
        return cls(**fields)
    value = object.__new__(cls)
    for name, part in fields.items():
        object.__setattr__(value, name, part)
    return value


def _resolve(name: str, trusted: tuple[str, ...]) -> Any:
    module, _, path = name.partition(":")
    if module.split(".")[0] not in trusted:
        raise StorageError(
            f"the file names {name}; pass trust=({module.split('.')[0]!r},) if you trust that package"
        )
    value: Any = importlib.import_module(module)
    for step in path.split("."):
        value = getattr(value, step)
    if (
        getattr(value, "__module__", None) != module
    ):  # a path through an imported module must not lead outside
        raise StorageError(f"the file names {name}, which is not defined there")
    return value


def _member(arrays: Mapping[str, np.ndarray], k: int) -> np.ndarray:
    if f"a{k}" not in arrays:
        raise StorageError(f"the file has lost its array {k}")
    return arrays[f"a{k}"]


def _as_jax(array: np.ndarray) -> Any:
    import jax.numpy as jnp  # pyright: ignore[reportMissingImports]

    return jnp.asarray(array)
