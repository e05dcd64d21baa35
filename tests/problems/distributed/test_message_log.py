import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.distributed.codecs import width
from problems.distributed.message_log import MessageLog
from problems.distributed.protocol import Protocol
from problems.distributed.replica import Replica
from problems.errors import ProblemError


@st.composite
def logs(draw):
    count = draw(st.integers(1, 4))
    rules = Protocol(
        seed=draw(st.integers(0, 2**63 - 1)),
        dimension=3,
        workers=tuple(sorted(draw(st.sets(st.integers(0, 99), min_size=count, max_size=count)))),
        delays=tuple(draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))),
        samples=draw(st.integers(1, 3)),
        codec=draw(st.sampled_from(["log8", "log8s", "sign", "e4m3", "f32", "f64"])),
        learning_rate=0.01,
        update=draw(st.sampled_from(["sgd", "momentum", "adam"])),
        bounds=draw(st.sampled_from([None, (np.full(3, -np.inf), np.full(3, 2.0))])),
    )
    steps = draw(st.integers(0, 6))
    members = np.array(
        draw(st.lists(st.booleans(), min_size=steps * count, max_size=steps * count)), dtype=bool
    )
    members = members.reshape(steps, count)
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    size = int(members.sum()) * rules.message_bytes
    payload = rng.integers(0, 256, size, dtype=np.uint8)
    if width(rules.codec) > 1:
        numbers = rng.normal(size=int(members.sum()) * rules.samples)
        payload = numbers.astype("<f4" if rules.codec == "f32" else "<f8").view(np.uint8)
    return MessageLog(rules, members, payload)


@settings(max_examples=50)
@given(logs())
def test_a_log_comes_back_from_its_bytes(log):
    again = MessageLog.from_bytes(log.to_bytes())
    assert again.to_bytes() == log.to_bytes()
    np.testing.assert_array_equal(again.members, log.members)
    start = np.ones(3)
    assert again.replay(start).fingerprint() == log.replay(start).fingerprint()


@settings(max_examples=50)
@given(logs(), st.integers(0, 6))
def test_a_replay_goes_on_where_a_shorter_one_ended(log, cut):
    cut = min(cut, log.steps)
    replica = log.replay(np.ones(3), cut)
    assert isinstance(replica, Replica)
    for step in range(cut, log.steps):
        for worker in log.active(step):
            replica.receive(step, worker, log.sent(step, worker))
        replica.advance(log.active(step))
    assert replica.fingerprint() == log.replay(np.ones(3)).fingerprint()


@given(logs())
def test_a_log_cut_short_is_refused(log):
    with pytest.raises(ProblemError, match="log"):
        MessageLog.from_bytes(log.to_bytes() + b"x")
    with pytest.raises(ProblemError, match="log"):
        MessageLog.from_bytes(log.to_bytes()[:3])


def test_the_file_is_the_header_a_bit_per_place_and_the_payload(tmp_path):
    rules = Protocol(seed=1, dimension=2, workers=(0, 1), delays=(0, 0))
    log = MessageLog.of(rules, [(0,), (0, 1), (1,)], [b"\x01", b"\x02\x03", b"\x04"])
    path = log.save(tmp_path / "run.log")
    assert path.stat().st_size == 24 + len(rules.to_bytes()) + 1 + 4
    assert MessageLog.load(path).payload.tolist() == [1, 2, 3, 4]
    assert log.sent(1, 1).tolist() == [3]
    assert log.messages == 4


def test_wrong_sizes_are_refused():
    rules = Protocol(seed=1, dimension=2, workers=(0, 1), delays=(0, 0))
    with pytest.raises(ProblemError, match="payload"):
        MessageLog(rules, np.ones((2, 2), dtype=bool), np.zeros(3, dtype=np.uint8))
    with pytest.raises(ProblemError, match="members"):
        MessageLog(rules, np.ones((2, 3), dtype=bool), np.zeros(6, dtype=np.uint8))
    with pytest.raises(ProblemError, match="payload"):
        MessageLog(rules, np.ones((1, 2), dtype=bool), np.array([3, 300]))
    with pytest.raises(ProblemError, match="steps"):
        MessageLog(rules, np.zeros((0, 2), dtype=bool), np.zeros(0, dtype=np.uint8)).replay(np.ones(2), 1)
