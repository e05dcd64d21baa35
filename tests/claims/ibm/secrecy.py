"""A planted token is looked for in all that is written while runs succeed, fail and are refused."""

from __future__ import annotations

import re
import stat
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

from backends.ibm import save_account
from problems.errors import HybridError
from tests.backends.ibm_stub import JobFails, Stub
from tests.claims.ibm.environment import Said, environment, hybrid, remote
from tests.claims.ibm.faults import WORK
from tests.claims.table import Row

TOKEN = "planted-4711-token"  # noqa: S105
ACCESS = re.compile(rb"(?i)bearer\s+(?!<)[a-z0-9_-]{8,}")  # what the service gives for the key
WORDS = ("cut.txt", "--problem", "maxcut", "--solver", "qaoa", "--backend", "ibm:stub_manila")
SMALL = (
    "--set",
    "layers=1",
    "--set",
    "optimizer.evaluations=3",
    "--set",
    "shots=64",
    "--set",
    "evaluation_shots=64",
)


def rows(quick: bool) -> Iterator[Row]:
    """Run commands with the planted token, then search; the same in the quick form."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "cut.txt").write_text("4 4\n1 2 1\n2 3 1\n3 4 1\n1 4 1\n")
        account = folder / "account.json"
        save_account(TOKEN, "mine", path=account)
        mode = stat.S_IMODE(account.stat().st_mode)
        yield Row("the file of accounts is for its owner alone", "0600", "", f"{mode:04o}", mode == 0o600)
        (folder / "canary").write_text(f"{TOKEN} and bearer {'x' * 20}")
        with Stub(("manila",), state=folder / "server", token=TOKEN) as stub, environment(stub.environment):
            texts = _commands(folder, stub) + _objects(stub)
        files = [
            path for path in folder.rglob("*") if path.is_file() and path not in (account, folder / "canary")
        ]
        names = {path.name for path in files}
        holding = [path.name for path in files if _found(path.read_bytes())]
        speaking = sum(_found(text.encode()) for text in texts)
        able = _found((folder / "canary").read_bytes())
        size = sum(path.stat().st_size for path in files) + sum(map(len, texts))
        yield Row(
            "no token in any file, journal, log, output, error or repr",
            "",
            f"searched {len(files)} files and {len(texts)} texts, {size / 1e6:.2f} MB",
            f"{len(holding)} files ({', '.join(holding) or 'none'}) and {speaking} texts hold it",
            able and not holding and not speaking and {"client.log", "hybrid-journal.sqlite"} <= names,
        )


def _commands(folder: Path, stub: Stub) -> list[str]:
    """Estimate, solve, meet failures, list, show, resume, and come with a wrong key; what they print."""
    logs = {
        "QISKIT_IBM_RUNTIME_LOG_LEVEL": "DEBUG",
        "QISKIT_IBM_RUNTIME_LOG_FILE": str(folder / "client.log"),
    }
    said = [hybrid(folder, "estimate", *WORDS, *SMALL, "--json", "estimate.json", variables=logs)]
    stub.script(JobFails(2, "the fridge is warm"))
    said.append(hybrid(folder, "solve", *WORDS, *SMALL, "--json", "broken.json", variables=logs))
    stub.clear_faults()
    said.append(hybrid(folder, "jobs", "list"))
    said.append(hybrid(folder, "jobs", "resume", "--resend-failed", variables=logs))
    said.append(
        hybrid(folder, "solve", *WORDS, *SMALL, variables=logs | {"QISKIT_IBM_TOKEN": TOKEN + "-wrong"})
    )
    return [text for each in said for text in _texts(each)]


def _texts(said: Said) -> tuple[str, str]:
    return said.output, said.errors


def _objects(stub: Stub) -> list[str]:
    """Representations and errors in this process."""
    backend = remote("manila")
    texts = [
        repr(backend),
        str(backend),
        backend.identity,
        repr(backend.devices()),
        repr(backend.__getstate__()),
    ]
    texts += [repr(job) for job in stub.jobs] + [repr(entry) for entry in stub.log]
    failing = (
        lambda: remote("nowhere").submit(WORK),
        lambda: remote("manila", account="nobody").devices(),
        lambda: save_account("", "mine"),
    )
    for act in failing:
        try:
            act()
        except HybridError as error:
            texts += [str(error), repr(error), "".join(traceback.format_exception(error))]
    return texts


def _found(content: bytes) -> bool:
    return TOKEN.encode() in content or ACCESS.search(content) is not None
