"""``--journal``, ``--budget`` and ``hybrid jobs``, against a remote whose jobs outlive the process."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from backends.journal import Store
from backends.registry import OWN
from tests.backends.journal.scripted import ScriptedRemote
from tests.hybrid.cli.conftest import Command

SMALL = ["--set", "layers=1", "--set", "optimizer.evaluations=4", "--set", "shots=32"]
SAMPLED = [*SMALL, "--set", "evaluation_shots=32"]


@pytest.fixture
def remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScriptedRemote:
    """The remote that ``--backend scripted:remote`` reaches from the folder of the test."""
    monkeypatch.setitem(OWN, "scripted", f"{__name__}:ScriptedRemote")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "remote").mkdir()
    return ScriptedRemote(tmp_path / "remote")


@pytest.fixture
def words(remote: ScriptedRemote, cut_file: Path) -> list[str]:
    solve = ["solve", cut_file.name, "--problem", "maxcut", "--solver", "qaoa", *SAMPLED]
    return [*solve, "--backend", "scripted:remote"]


def script(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Let the remote that a name leads to misbehave."""
    monkeypatch.setattr(
        ScriptedRemote, "from_name", lambda argument: ScriptedRemote(Path(argument), **changes)
    )


def entries(path: str = "hybrid-journal.sqlite"):
    store = Store(Path(path), reading=True)
    try:
        return store.entries()
    finally:
        store.close()


def test_a_remote_backend_gets_a_journal_and_the_output_names_it(hybrid: Command, words, remote):
    said = hybrid(*words)
    assert said.status == 0
    assert "journal: hybrid-journal.sqlite" in said.out.splitlines()
    assert "outcomes replayed from the journal: 0" in said.out
    assert len(entries()) == len(remote.accepted()) > 4


def test_the_same_command_again_replays_everything_and_answers_alike(hybrid: Command, words, remote):
    first, sent = hybrid(*words, "--json", "-"), len(remote.accepted())
    again = hybrid(*words, "--json", "-")
    assert len(remote.accepted()) == sent
    assert {**first.json, "seconds": 0} == {**again.json, "seconds": 0}
    assert f"outcomes replayed from the journal: {sent}" in again.err
    assert first.json["backend"].startswith("ScriptedRemote")


def test_a_local_backend_gets_a_journal_only_if_one_is_named(
    hybrid: Command, cut_file, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    words = ["solve", cut_file, "--problem", "maxcut", "--solver", "qaoa", *SAMPLED]
    bare = hybrid(*words, "--json", "-")
    assert not list(tmp_path.glob("*.sqlite"))
    kept = hybrid(*words, "--journal", "kept.sqlite", "--json", "-")
    assert "journal: kept.sqlite" in kept.err
    assert bare.json["solution"] == kept.json["solution"]
    assert bare.json.keys() == kept.json.keys()
    assert bare.json["backend"] == kept.json["backend"] == "statevector"
    assert {entry.state for entry in entries("kept.sqlite")} == {"done"}


def test_a_budget_stops_before_it_is_passed(hybrid: Command, words, remote):
    said = hybrid(*words, "--budget", "shots=450", "qpu_seconds=30", "--json", "-")
    assert len(remote.accepted()) == 3  # the starts in one, then one evaluation each
    assert said.json["status"] == "budget"
    assert re.search(r"needs \d+ shots and 2 of the budget of 450 are left", said.err)


def test_a_budget_counts_replays(hybrid: Command, words, remote):
    for _ in range(2):
        hybrid(*words, "--budget", "jobs=2")
        assert len(remote.accepted()) == 2


@pytest.mark.parametrize(
    "budget", ["shots", "shots=", "shots=-1", "shots=nan", "shots=inf", "wishes=3", "qubits=3", "=3"]
)
def test_a_wrong_limit_is_refused_before_anything_is_sent(hybrid: Command, words, remote, budget):
    said = hybrid(*words, "--budget", budget)
    assert said.status == 2
    assert "--budget" in said.err
    assert not remote.accepted()


def test_a_limit_that_is_given_twice_is_refused(hybrid: Command, words):
    assert hybrid(*words, "--budget", "jobs=1", "--budget", "jobs=2").status == 2


@pytest.mark.parametrize("further", [["--journal", "j.sqlite"], ["--budget", "shots=5"]])
def test_a_solver_without_a_backend_refuses_them(hybrid: Command, knapsack_file, further):
    said = hybrid("solve", knapsack_file, "--problem", "mdkp", "--solver", "milp", *further)
    assert said.status == 2
    assert further[0] in said.err


def test_an_estimate_says_whether_it_is_within_the_budget_and_sends_nothing(hybrid: Command, words, remote):
    said = hybrid("estimate", *words[1:], "--budget", "shots=100", "jobs=1000")
    assert said.status == 0
    assert re.search(r"\d+ shots: beyond the budget of 100", said.out)
    assert re.search(r"\d+ jobs: within the budget of 1000", said.out)
    assert not remote.accepted()
    assert not Path("hybrid-journal.sqlite").exists()


def test_list_shows_every_piece_of_work(hybrid: Command, words, remote):
    hybrid(*words)
    said = hybrid("jobs", "list")
    assert said.status == 0
    head, *rows, total = said.out.splitlines()
    assert head.split()[:3] == ["KEY", "STATE", "SENT"]
    assert len(rows) == len(remote.accepted())
    assert all(job in said.out for job in remote.accepted())
    assert total == f"{len(rows)} done"


def test_show_tells_all_about_one(hybrid: Command, words, remote):
    hybrid(*words)
    entry = entries()[0]
    said = hybrid("jobs", "show", entry.key[:10])
    assert said.status == 0
    facts = dict(re.split(r"\s{2,}", line, maxsplit=1) for line in said.out.splitlines())
    assert facts["key"] == entry.key
    assert facts["job"] in remote.accepted()
    assert facts["tag"] == entry.tag
    assert facts["outcome"] == "Samples 12 × 32 × 8"
    assert facts["shots"] == "384"
    assert "scripted:remote" in facts["command"]


def test_an_ambiguous_or_unknown_key_is_refused(hybrid: Command, words):
    hybrid(*words)
    for key in ("", "no-such-key"):
        said = hybrid("jobs", "show", key)
        assert said.status == 2
        assert "hybrid jobs list" in said.err


@pytest.mark.parametrize("words", [["list"], ["show", "abc"], ["cancel", "abc"], ["resume"]])
def test_without_a_journal_it_says_so(hybrid: Command, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    said = hybrid("jobs", *words)
    assert said.status == 1
    assert "no journal" in said.err
    assert not list(tmp_path.iterdir())


def test_resume_finishes_what_was_broken_off(hybrid: Command, words, remote, monkeypatch, tmp_path):
    whole = hybrid(*words, "--journal", "whole.sqlite", "--json", "-").json
    for file in (tmp_path / "remote").iterdir():
        file.unlink()

    def interrupt(self, timeout=None):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("tests.backends.journal.scripted.ScriptedJob.result", interrupt)
        said = hybrid(*words, "--json", "answer.json")
    assert said.status == 130
    (job,) = remote.accepted()
    assert job in said.out
    assert "hybrid jobs resume hybrid-journal.sqlite" in said.out
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    resumed = hybrid("jobs", "resume", tmp_path / "hybrid-journal.sqlite")
    assert resumed.status == 0
    assert "resuming: hybrid solve" in resumed.out
    assert job in remote.accepted()
    answer = json.loads((tmp_path / "answer.json").read_text())
    assert {**answer, "seconds": 0} == {**whole, "seconds": 0}
    assert not list(elsewhere.iterdir())


def test_a_failed_job_stops_the_run_until_it_is_told_to_send_again(
    hybrid: Command, words, remote, monkeypatch
):
    script(monkeypatch, fail=(1,))
    assert "fridge" in hybrid(*words).err
    said = hybrid("jobs", "resume")
    assert said.status == 1
    assert "--resend-failed" in said.err
    assert "1 done, 1 failed" in hybrid("jobs", "list").out
    assert len(remote.accepted()) == 2
    assert hybrid("jobs", "resume", "--resend-failed").status == 0
    assert {entry.state for entry in entries()} == {"done"}


def test_replay_only_sends_nothing(hybrid: Command, words, remote, monkeypatch):
    script(monkeypatch, fail=(1,))
    hybrid(*words)
    assert "only stored ones" in hybrid("jobs", "resume", "--replay-only").err
    hybrid("jobs", "resume", "--resend-failed")
    sent = len(remote.accepted())
    replayed = hybrid("jobs", "resume", "--replay-only")
    assert replayed.status == 0
    assert f"outcomes replayed from the journal: {sent - 1}" in replayed.out
    assert len(remote.accepted()) == sent


def test_cancel_stops_a_running_job(hybrid: Command, words, remote, monkeypatch):
    script(monkeypatch, duration=60.0)
    said = hybrid(*words, "--time-limit", "0.1")
    (job,) = remote.accepted()
    assert job in said.out
    key = entries()[0].key
    cancelled = hybrid("jobs", "cancel", key[:12])
    assert cancelled.status == 0
    assert f"{job} is cancelled" in cancelled.out
    assert entries()[0].state == "cancelled"
    assert hybrid("jobs", "cancel", key[:12]).status == 1


def test_cancelling_what_has_ended_says_how_to_fetch_it(hybrid: Command, words, remote, monkeypatch):
    script(monkeypatch, duration=60.0)
    hybrid(*words, "--time-limit", "0.1")
    script(monkeypatch)
    said = hybrid("jobs", "cancel", entries()[0].key)
    assert said.status == 1
    assert "hybrid jobs resume" in said.out
    assert entries()[0].state == "sent"


def test_a_journal_that_a_program_filled_has_no_command_to_resume(hybrid: Command, remote):
    Store(Path("hybrid-journal.sqlite")).close()
    said = hybrid("jobs", "resume")
    assert said.status == 2
    assert "program" in said.err
    assert hybrid("jobs", "list").out.splitlines()[-1] == "nothing was sent yet"


@dataclass(frozen=True)
class Device:
    name: str
    qubits: int
    queue: int


def test_backends_asks_one_for_its_devices(hybrid: Command, monkeypatch, remote):
    listed = [Device("first", 27, 3), Device("second", 156, 0)]
    monkeypatch.setattr(ScriptedRemote, "devices", lambda self: listed, raising=False)
    said = hybrid("backends", "scripted")
    assert said.status == 0
    assert [line.split() for line in said.out.splitlines()] == [
        ["NAME", "QUBITS", "QUEUE"],
        ["first", "27", "3"],
        ["second", "156", "0"],
    ]
    listed.clear()
    assert "no device" in hybrid("backends", "scripted").err


@pytest.mark.parametrize("kind", ["statevector", "nowhere"])
def test_backends_without_devices_are_refused(hybrid: Command, kind):
    said = hybrid("backends", kind)
    assert said.status == 2
    assert kind in said.err
