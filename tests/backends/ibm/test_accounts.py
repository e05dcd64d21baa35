"""Accounts on disk: for their owner alone, refused in words, taken out of texts."""

import json
import stat

import pytest

from backends.ibm.accounts import HIDDEN, save_account, secrets, without_secrets
from problems import ProblemError

TOKEN = "planted-token-4711"


def test_a_saved_account_is_for_its_owner_and_the_client_reads_it(tmp_path):
    file = save_account(TOKEN, "mine", "crn:v1:x", path=tmp_path / "folder" / "accounts.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    from qiskit_ibm_runtime import QiskitRuntimeService

    assert QiskitRuntimeService.saved_accounts(filename=str(file))["mine"]["token"] == TOKEN


def test_an_open_file_is_closed(tmp_path):
    file = tmp_path / "accounts.json"
    file.write_text("{}")
    file.chmod(0o644)
    save_account(TOKEN, "mine", path=file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_taken_name_is_refused_unless_told(tmp_path):
    file = save_account(TOKEN, "mine", path=tmp_path / "accounts.json")
    with pytest.raises(ProblemError, match="overwrite=True"):
        save_account("another", "mine", path=file)
    save_account("another", "mine", overwrite=True, path=file)
    assert json.loads(file.read_text())["mine"]["token"] == "another"


@pytest.mark.parametrize("token", ["", "  ", None, 5])
def test_what_is_no_token_is_refused_without_showing_it(token, tmp_path):
    with pytest.raises(ProblemError, match="API key") as caught:
        save_account(token, path=tmp_path / "accounts.json")
    assert HIDDEN in str(caught.value)


def test_tokens_are_taken_out_of_texts(tmp_path, monkeypatch):
    file = save_account(TOKEN, "mine", path=tmp_path / "accounts.json")
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "from-the-environment")
    assert secrets(file) == {TOKEN, "from-the-environment"}
    text = f"failed with {TOKEN}, from-the-environment, Authorization: Bearer abc.def.ghi and apikey xyz"
    clean = without_secrets(text, file)
    for secret in (TOKEN, "from-the-environment", "abc.def.ghi", "xyz"):
        assert secret not in clean
    assert clean.startswith("failed with")
