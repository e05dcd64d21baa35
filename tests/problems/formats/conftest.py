"""What the tests of formats share: a file with a given content."""

import pytest


@pytest.fixture
def file(tmp_path):
    """Return a function that writes a file, ``case.txt`` unless named, and returns its path."""

    def write(text: str | bytes, name: str = "case.txt"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write
