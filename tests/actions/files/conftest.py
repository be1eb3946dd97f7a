"""Where the files of a test are kept."""

from pathlib import Path

import pytest

from storage.files.store import FileStore


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")
