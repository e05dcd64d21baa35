"""Servers for the tests of the stand-in, under whose environment the client runs."""

import pytest

from tests.backends.ibm_stub.serving import serving


@pytest.fixture
def serve(monkeypatch):
    """Start servers under whose environment the client runs."""
    with serving(monkeypatch) as start:
        yield start
