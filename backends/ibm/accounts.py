"""Accounts by name or environment, and nothing of a token in any text."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path

from backends.ibm import client
from problems.errors import ProblemError

FILE = Path.home() / ".qiskit" / "qiskit-ibm.json"
BEARER = re.compile(r"(?i)\b(bearer|apikey)(\s+|=|:\s*)(?!<)[^\s'\"]+")
HIDDEN = "<token hidden>"


def save_account(
    token: str,
    name: str | None = None,
    instance: str | None = None,
    overwrite: bool = False,
    path: Path | str | None = None,
) -> Path:
    """Save an account in the file that Qiskit's client reads, for the owner's eyes only (mode 0600).

    The client writes tokens in plain text and a file that everyone may read; this one is closed before the
    token enters.

    Args:
        token: The API key of IBM Cloud.
        name: What ``IBMQuantum(account=…)`` calls it; the client's own name for a default account if None.
        instance: CRN or name of the service instance.
        overwrite: Whether an account of this name is replaced.
        path: Another file than ``~/.qiskit/qiskit-ibm.json``.

    Returns:
        The file.

    Raises:
        ProblemError: If the token is no text or empty, or the name is taken.
        MissingExtra: If qiskit-ibm-runtime is not installed.
    """
    client.require()
    if not isinstance(token, str) or not token.strip():
        raise ProblemError("token", HIDDEN, "the API key of an IBM Cloud account, a text")
    file = FILE if path is None else Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
        file.write_text("{}")
    file.chmod(0o600)
    taken = json.loads(file.read_text() or "{}")
    if name is not None and name in taken and not overwrite:
        raise ProblemError("name", name, "a new name", "overwrite=True replaces the saved account")
    client.store_account(token, name, instance, file, overwrite)
    file.chmod(0o600)
    return file


def secrets(path: Path | str | None = None) -> frozenset[str]:
    """Return the tokens that this process could use, so that they can be taken out of texts."""
    found = {os.environ.get("QISKIT_IBM_TOKEN", "")}
    file = FILE if path is None else Path(path)
    try:
        saved = json.loads(file.read_text())
    except (OSError, ValueError):  # no file, or not ours to judge: the client says so when it reads it
        saved = {}
    entries: Iterable[object] = saved.values() if isinstance(saved, dict) else ()
    found |= {str(entry.get("token", "")) for entry in entries if isinstance(entry, dict)}
    return frozenset(token for token in found if token)


def without_secrets(text: str, path: Path | str | None = None) -> str:
    """Return a text with every known token and every authorisation header taken out."""
    for token in sorted(secrets(path), key=len, reverse=True):
        text = text.replace(token, HIDDEN)
    return BEARER.sub(HIDDEN, text)
