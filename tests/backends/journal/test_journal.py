"""What is written down, what is replayed, attached to, found and sent."""

import multiprocessing
import os
import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backends.backend import FinishedJob
from backends.journal.journal import Journal
from backends.journal.keys import key_of
from backends.journal.lock import ProcessLock
from backends.journal.store import Store
from backends.statevector import Statevector
from backends.workload import Samples
from problems.errors import BackendError, ProblemError
from tests.backends.journal.scripted import ScriptedRemote


def entries(tmp_path: Path):
    store = Store(tmp_path / "journal.sqlite", reading=True)
    try:
        return store.entries()
    finally:
        store.close()


def test_an_outcome_is_replayed_bit_for_bit_with_its_usage(journal, remote, sampling):
    first = journal(remote).submit(sampling()).result()
    again = journal(remote).submit(sampling()).result()
    assert np.array_equal(first.bits, again.bits)
    assert again.usage == {**first.usage, "replayed": 1.0}
    assert len(remote.accepted()) == 1


def test_estimates_are_replayed_too(journal, remote, expectation):
    first = journal(remote).submit(expectation).result()
    again = journal(remote).submit(expectation).result()
    assert first.mean.tobytes() == again.mean.tobytes()
    assert first.error.tobytes() == again.error.tobytes()


def test_a_local_backend_is_journaled_alike(journal, sampling):
    first = journal(Statevector()).submit(sampling()).result()
    again = journal(Statevector()).submit(sampling()).result()
    assert "replayed" not in first.usage
    assert again.usage["replayed"] == 1.0
    bare = Statevector().run(sampling())
    assert isinstance(bare, Samples)
    assert np.array_equal(first.bits, bare.bits)
    assert np.array_equal(first.bits, again.bits)


def test_what_differs_in_anything_but_rounding_is_other_work(remote, sampling, expectation):
    base = key_of(remote, sampling())
    assert key_of(remote, sampling(beta=0.3 + 1e-12)) == base
    others = [sampling(beta=0.3 + 1e-9), sampling(seed=1), sampling(shots=17), expectation]
    keys = {key_of(remote, work) for work in others} | {key_of(Statevector(), sampling()), base}
    assert len(keys) == len(others) + 2


def test_minus_zero_is_zero(remote, sampling):
    assert key_of(remote, sampling(beta=-0.0)) == key_of(remote, sampling(beta=0.0))


def test_the_row_stands_before_the_submission_and_the_id_right_after(journal, tmp_path, sampling):
    seen = []

    class Watched(ScriptedRemote):
        def submit(self, workload, tag=""):
            seen.extend(entries(tmp_path))
            return super().submit(workload, tag)

    watched = Watched(tmp_path)
    job = journal(watched).submit(sampling())
    (before,) = seen
    (after,) = entries(tmp_path)
    assert (before.state, before.job, before.outcome) == ("sending", None, None)
    assert before.key == key_of(watched, sampling())
    assert before.key in before.tag
    assert (after.state, after.job) == ("sent", job.id)
    assert [about["tag"] for about in watched.accepted().values()] == [before.tag]
    job.result()
    assert entries(tmp_path)[0].state == "done"


def test_work_without_a_digest_is_refused_before_anything_is_written(journal, remote, sampling, tmp_path):
    nameless = replace(sampling(), ansatz=_nameless()(sampling().ansatz))
    backend = journal(remote)
    assert "could not know" in (backend.unsuitable(nameless) or "")
    with pytest.raises(BackendError, match="could not know this workload again"):
        backend.submit(nameless)
    assert not (tmp_path / "journal.sqlite").exists()


def _nameless():
    @dataclass(frozen=True)
    class Ansatz:
        inner: Any
        num_qubits = property(lambda self: self.inner.num_qubits)
        num_parameters = property(lambda self: self.inner.num_parameters)

        def angles(self, parameters):
            return self.inner.angles(parameters)

    return Ansatz


def test_two_journals_never_share_a_tag(remote, tmp_path, sampling):
    for name in ("one", "two"):
        with Journal(remote, tmp_path / name) as backend:
            backend.submit(sampling())
    tags = [about["tag"] for about in remote.accepted().values()]
    assert len(set(tags)) == 2


def test_a_job_whose_id_is_known_is_attached_to(journal, remote, sampling):
    sent = journal(remote).submit(sampling())
    found = journal(remote).submit(sampling())
    assert found.id == sent.id
    assert "replayed" not in found.result().usage
    assert len(remote.accepted()) == 1


def test_a_lost_answer_is_found_by_its_tag_although_the_look_up_lags(journal, tmp_path, sampling):
    remote = ScriptedRemote(tmp_path, lose_answers=(0,), lag=0.15)
    job = journal(remote, grace=5.0).submit(sampling())
    assert list(remote.accepted()) == [job.id]
    assert job.result().bits.shape == (1, 16, 3)
    assert entries(tmp_path)[0].job == job.id


def test_without_a_look_up_the_lost_answer_is_an_error_and_the_next_run_finds_the_job(
    journal, tmp_path, sampling
):
    class Mute(ScriptedRemote):
        def find(self, tag):
            raise BackendError("the service cannot be reached", retryable=True)

    with pytest.raises(BackendError, match="cannot be reached"):
        journal(Mute(tmp_path, lose_answers=(0,))).submit(sampling())
    assert entries(tmp_path)[0].state == "sending"
    remote = ScriptedRemote(tmp_path)
    journal(remote).submit(sampling()).result()
    assert len(remote.accepted()) == 1


def test_what_was_never_accepted_is_sent_by_the_next_run(journal, tmp_path, sampling):
    with pytest.raises(BackendError, match="may not use"):
        journal(ScriptedRemote(tmp_path, refuse=True)).submit(sampling())
    assert entries(tmp_path)[0].state == "sending"
    remote = ScriptedRemote(tmp_path)
    journal(remote).submit(sampling()).result()
    (entry,) = entries(tmp_path)
    assert entry.state == "done"
    assert [about["tag"] for about in remote.accepted().values()] == [entry.tag]


def test_nothing_is_sent_while_the_backend_cannot_be_asked(journal, tmp_path, sampling):
    journal(ScriptedRemote(tmp_path)).submit(sampling())
    with pytest.raises(BackendError, match="cannot be reached") as caught:
        journal(ScriptedRemote(tmp_path, dead=True)).submit(sampling())
    assert caught.value.retryable
    assert len(ScriptedRemote(tmp_path).accepted()) == 1


def test_a_job_that_the_backend_forgot_is_not_paid_for_again(journal, remote, tmp_path, sampling):
    job = journal(remote).submit(sampling())
    (tmp_path / f"{job.id}.json").unlink()
    with pytest.raises(BackendError, match=f"{job.id}.*billed"):
        journal(remote).submit(sampling())
    assert not remote.accepted()


def test_a_failure_is_kept_with_its_reason_and_sent_again_only_if_told_so(journal, tmp_path, sampling):
    remote = ScriptedRemote(tmp_path, fail=(0,))
    with pytest.raises(BackendError, match="fridge"):
        journal(remote).submit(sampling()).result()
    assert entries(tmp_path)[0].state == "failed"
    with pytest.raises(BackendError, match=r"fridge.*resend_failed=True"):
        journal(remote).submit(sampling())
    assert len(remote.accepted()) == 1
    assert journal(remote, resend_failed=True).submit(sampling()).result().bits.shape == (1, 16, 3)
    tags = {about["tag"] for about in remote.accepted().values()}
    assert len(tags) == 2
    assert entries(tmp_path)[0].state == "done"


def test_a_failure_that_shows_after_attaching_is_sent_again_once_a_run(journal, tmp_path, sampling):
    remote = ScriptedRemote(tmp_path, fail=(0, 1))
    journal(remote).submit(sampling())
    with pytest.raises(BackendError, match="fridge"):
        journal(remote, resend_failed=True).submit(sampling()).result()
    assert len(remote.accepted()) == 2
    assert entries(tmp_path)[0].attempt == 1


def test_a_lost_connection_while_waiting_is_no_failure(journal, tmp_path, sampling):
    remote = ScriptedRemote(tmp_path)
    job = journal(remote).submit(sampling())
    object.__setattr__(remote, "dead", True)
    with pytest.raises(BackendError, match="cannot be reached"):
        job.result()
    assert entries(tmp_path)[0].state == "sent"
    object.__setattr__(remote, "dead", False)
    assert job.result().bits.shape == (1, 16, 3)


def test_a_timeout_leaves_the_job_running(journal, tmp_path, sampling):
    job = journal(ScriptedRemote(tmp_path, duration=0.3)).submit(sampling())
    with pytest.raises(TimeoutError):
        job.result(timeout=0.01)
    assert job.status() == "running"
    assert entries(tmp_path)[0].state == "sent"
    job.result()
    assert job.status() == "done"


def test_cancelling_by_key_stops_the_job_and_is_remembered(journal, tmp_path, sampling):
    remote = ScriptedRemote(tmp_path, duration=60.0)
    job, key = journal(remote).submit(sampling()), key_of(remote, sampling())
    journal(remote).cancel(key)
    assert job.status() == "cancelled"
    assert entries(tmp_path)[0].state == "cancelled"
    with pytest.raises(BackendError, match="cancelled before"):
        journal(remote).submit(sampling())
    with pytest.raises(BackendError, match="is cancelled"):
        journal(remote).cancel(key)
    with pytest.raises(BackendError, match="is not in it"):
        journal(remote).cancel("0" * 32)


def test_replay_only_sends_nothing(journal, remote, sampling):
    journal(remote).submit(sampling()).result()
    replay = journal(remote, replay_only=True)
    assert replay.submit(sampling()).result().usage["replayed"] == 1.0
    with pytest.raises(BackendError, match="only stored ones"):
        replay.submit(sampling(seed=1))
    assert len(remote.accepted()) == 1


def test_threads_that_ask_for_the_same_work_send_it_once(journal, tmp_path, sampling):
    backend = journal(ScriptedRemote(tmp_path, accept=0.02))
    got = []
    threads = [
        threading.Thread(target=lambda: got.append(backend.submit(sampling()).result())) for _ in range(6)
    ]
    threads += [
        threading.Thread(target=lambda k=k: got.append(backend.submit(sampling(seed=k)).result()))
        for k in (1, 2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert len(ScriptedRemote(tmp_path).accepted()) == 3


def test_threads_that_share_a_failure_send_it_again_once(journal, tmp_path, sampling):
    remote = ScriptedRemote(tmp_path, fail=(0,), accept=0.02)
    journal(remote).submit(sampling())
    backend = journal(remote, resend_failed=True)
    jobs, got = [backend.submit(sampling()) for _ in range(4)], []
    threads = [threading.Thread(target=lambda job=job: got.append(job.result())) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 4
    assert len(remote.accepted()) == 2


def test_other_versions_are_warned_about_but_not_in_a_replay(journal, remote, sampling, monkeypatch):
    journal(remote).submit(sampling()).result()
    monkeypatch.setattr(
        "backends.journal.store.arithmetic", lambda: '{"numpy": "1.0", "processor": "abacus"}'
    )
    with pytest.warns(UserWarning, match=r"other versions \(.*numpy .* → 1.0"):
        journal(remote).submit(sampling())
    journal(remote, replay_only=True).submit(sampling())


def test_a_second_process_is_refused_with_the_first_ones_number(journal, remote, sampling):
    backend = journal(remote)
    backend.submit(sampling()).result()
    process = multiprocessing.get_context("spawn").Process(target=_tries, args=(str(backend.path),))
    process.start()
    process.join()
    assert process.exitcode == 0


def _tries(path: str) -> None:
    with pytest.raises(BackendError, match=f"is held by the process {os.getppid()};"):
        Store(Path(path))


def test_a_second_opening_in_one_process_is_refused_too(journal, remote, sampling, tmp_path):
    journal(remote).submit(sampling())
    with pytest.raises(BackendError, match="held by the process"):
        Journal(remote, tmp_path / "journal.sqlite").submit(sampling())


def test_a_lock_that_was_let_go_can_be_taken(tmp_path):
    first, second = ProcessLock(tmp_path / "lock"), ProcessLock(tmp_path / "lock")
    first.acquire("it")
    with pytest.raises(BackendError, match="it is held"):
        second.acquire("it")
    first.release()
    second.acquire("it")
    second.release()


def test_with_opens_and_closes_the_file_and_the_backend(tmp_path, sampling):
    class Doors(ScriptedRemote):
        def __enter__(self):
            (self.folder / "entered").touch()
            return self

        def __exit__(self, *error):
            (self.folder / "left").touch()

    with Journal(Doors(tmp_path), tmp_path / "j.sqlite") as backend:
        backend.submit(sampling())
        assert (tmp_path / "entered").exists()
        assert not (tmp_path / "left").exists()
    assert (tmp_path / "left").exists()
    Store(tmp_path / "j.sqlite").close()


def test_two_backends_share_a_file_side_by_side(tmp_path, sampling):
    first = Journal(ScriptedRemote(tmp_path), tmp_path / "j.sqlite")
    second = first.beside(Statevector())
    with first, second:
        first.submit(sampling()).result()
        second.submit(sampling()).result()
    store = Store(tmp_path / "j.sqlite", reading=True)
    assert [entry.backend for entry in store.entries()] == [first.identity, second.identity]
    store.close()


def test_it_stands_for_its_backend(remote, expectation, tmp_path):
    backend = Journal(remote, tmp_path / "unopened.sqlite")
    assert backend.identity == remote.identity
    assert backend.local is False
    assert backend.noisy == remote.noisy
    assert backend.estimate(expectation) == remote.estimate(expectation)
    assert isinstance(backend.rehearsal().submit(expectation), FinishedJob)
    assert Journal(Statevector(), tmp_path / "unopened.sqlite").local is True
    assert not (tmp_path / "unopened.sqlite").exists()


def test_the_commands_are_kept_and_the_last_is_told(remote, tmp_path, sampling):
    for command, seed in (("hybrid solve a", 0), ("hybrid solve b", 1), ("hybrid solve a", 2)):
        with Journal(remote, tmp_path / "j.sqlite", command=command) as backend:
            backend.submit(sampling(seed=seed))
    store = Store(tmp_path / "j.sqlite", reading=True)
    assert store.last_command() == "hybrid solve a"
    assert [entry.command for entry in store.entries()] == [
        "hybrid solve a",
        "hybrid solve b",
        "hybrid solve a",
    ]
    store.close()


@pytest.mark.parametrize("fields", [{"grace": -1.0}, {"path": ""}, {"inner": "statevector"}])
def test_wrong_fields_are_refused(fields):
    with pytest.raises(ProblemError):
        Journal(**{"inner": Statevector(), **fields})


def test_a_foreign_database_is_refused_and_left_as_it_was(tmp_path):
    path = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE birds (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(BackendError, match="no journal"):
        Store(path)
    assert path.read_bytes() == before


def test_the_file_is_in_write_ahead_mode_and_can_be_read_while_it_is_held(
    journal, remote, sampling, tmp_path
):
    backend = journal(remote)
    backend.submit(sampling())
    with closing(sqlite3.connect(backend.path)) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert other.execute("SELECT count(*) FROM work").fetchone() == (1,)
    assert [entry.state for entry in entries(tmp_path)] == ["sent"]


def test_what_is_no_journal_is_refused_and_left_as_it_was(tmp_path):
    other = tmp_path / "notes.txt"
    other.write_text("these are notes, and long enough not to be taken for an empty file\n" * 40)
    with pytest.raises(BackendError, match="cannot be opened"):
        Store(other)
    assert other.read_text().startswith("these are notes")
    with pytest.raises(BackendError, match="no journal"):
        Store(tmp_path / "absent.sqlite", reading=True)
