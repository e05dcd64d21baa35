import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.binary.qubo import Qubo
from problems.storage import StorageError, digest, load, save

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner)
    ),
    max_leaves=12,
)


@dataclass(frozen=True)
class Settings:
    tolerance: float = 0.1
    path: Path = field(default=Path("here"), metadata={"content": False})
    function: object = np.linalg.norm


@settings(deadline=None, max_examples=60)
@given(value=PLAIN)
def test_plain_values_come_back_equal(value, tmp_path_factory):
    path = save(value, tmp_path_factory.getbasetemp() / "value.npz")
    assert load(path) == value


@pytest.mark.parametrize("dtype", ["u1", "i8", "f8", "f4", "c16", "?", ">f8"])
def test_arrays_keep_type_shape_and_bits(tmp_path, dtype):
    array = np.arange(6).reshape(2, 3, 1).astype(dtype)
    again = load(save({"a": array}, tmp_path / "a.npz"))["a"]
    assert again.dtype == array.dtype.newbyteorder("<")
    np.testing.assert_array_equal(again, array)


def test_special_floats_survive(tmp_path):
    again = load(save([np.inf, -np.inf, np.nan, 1 + 2j], tmp_path / "f.npz"))
    assert again[:2] == [np.inf, -np.inf]
    assert np.isnan(again[2])
    assert again[3] == 1 + 2j


def test_dataclasses_come_back_where_their_package_is_trusted(tmp_path):
    path = save(Settings(0.5, function=np.add), tmp_path / "s.npz")
    with pytest.raises(StorageError, match="trust"):
        load(path)
    with pytest.raises(StorageError, match="numpy"):
        load(path, trust=("tests",))
    assert load(path, trust=("tests", "numpy")) == Settings(0.5, function=np.add)


def test_problems_come_back_validated(tmp_path):
    qubo = Qubo.random(5)
    assert load(save(qubo, tmp_path / "q.npz")).digest == qubo.digest


@pytest.mark.parametrize("name", ["problems.storage:os.system", "problems.storage:os"])
def test_a_file_cannot_reach_through_a_trusted_module(tmp_path, name):
    path = save({"x": 1}, tmp_path / "x.npz")
    document = b'{"format": 1, "tree": {"$name": "%s"}}' % name.encode()
    np.savez(path, tree=np.frombuffer(document, np.uint8))
    with pytest.raises(StorageError, match="not defined there"):
        load(path)


def test_a_foreign_file_is_refused(tmp_path):
    path = tmp_path / "no.npz"
    path.write_bytes(b"nothing of ours")
    with pytest.raises(StorageError, match="not a file written"):
        load(path)


def test_what_has_no_name_is_refused_with_its_place():
    with pytest.raises(StorageError, match=r"value\.function"):
        digest(Settings(function=lambda x: x))


def test_a_digest_follows_content_alone():
    assert digest(Settings()) == digest(Settings(path=Path("elsewhere")))
    assert digest(Settings()) != digest(Settings(0.2))
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest(np.arange(3, dtype=">i4")) == digest(np.arange(3, dtype="<i4"))
    assert digest(np.zeros(3)) != digest(np.zeros((3, 1)))
    assert digest((1, 2)) != digest([1, 2])
    assert len({digest(1), digest(1.0), digest(True)}) == 3


def test_a_failed_save_leaves_the_old_file(tmp_path):
    path = save([1], tmp_path / "v.npz")
    with pytest.raises(StorageError):
        save([lambda: None], path)
    assert load(path) == [1]
    assert [p.name for p in tmp_path.iterdir()] == ["v.npz"]


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
def test_files_have_the_permissions_that_the_caller_gives_to_any_new_file(tmp_path):
    plain = tmp_path / "plain"
    plain.write_text("")
    assert save([1.0], tmp_path / "saved.npz").stat().st_mode == plain.stat().st_mode
