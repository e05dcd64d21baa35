"""Outcomes as bytes: an ``.npz`` of arrays with a JSON text inside, readable by numpy alone.

``about`` is the JSON text: ``format`` (1), ``kind`` (``estimate`` or ``samples``), ``usage``, and for samples
the ``shape`` of the bits, which are packed eight to a byte.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import numpy as np

from backends.workload import Estimate, Outcome, Samples
from problems.errors import BackendError

FORMAT = 1


def to_bytes(outcome: Outcome) -> bytes:
    """Return an outcome in its stored form.

    Raises:
        BackendError: If the bits of samples are anything but zeros and ones.
    """
    usage = {name: float(amount) for name, amount in outcome.usage.items()}
    about: dict[str, Any] = {"format": FORMAT, "usage": usage}
    if isinstance(outcome, Samples):
        bits = np.asarray(outcome.bits)
        if bits.dtype != np.uint8 or (bits.size and bits.max() > 1):
            raise BackendError(
                "the backend returned bits that are not uint8 zeros and ones; they were not kept"
            )
        about |= {"kind": "samples", "shape": list(bits.shape)}
        arrays = {"bits": np.packbits(bits.reshape(-1)), "weights": outcome.weights}
    else:
        about |= {"kind": "estimate"}
        arrays = {"mean": outcome.mean, "error": outcome.error, "gradient": outcome.gradient}
    stream = io.BytesIO()
    present: dict[str, Any] = {name: np.asarray(part) for name, part in arrays.items() if part is not None}
    np.savez_compressed(stream, about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8), **present)
    return stream.getvalue()


def from_bytes(stored: bytes) -> Outcome:
    """Return the outcome that ``to_bytes`` stored, bit for bit.

    Raises:
        BackendError: If the bytes are no such form, or of a format that this version does not read.
    """
    try:
        with np.load(io.BytesIO(stored), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        about = json.loads(arrays.pop("about").tobytes())
        version = about["format"]
    except (ValueError, KeyError, OSError, EOFError, TypeError, zipfile.BadZipFile) as error:
        raise BackendError(f"a stored outcome cannot be read: {error}") from error
    if version != FORMAT:
        raise BackendError(f"a stored outcome has format {version}; this version reads format {FORMAT}")
    if about["kind"] == "samples":
        shape = tuple(about["shape"])
        bits = np.unpackbits(arrays["bits"], count=int(np.prod(shape))).reshape(shape)
        return Samples(bits, arrays.get("weights"), about["usage"])
    return Estimate(arrays["mean"], arrays["error"], arrays.get("gradient"), about["usage"])
