"""Where files are kept, as a setting says it: a folder, or a bucket of an S3-compatible store."""

from pathlib import Path

from storage.files.store import FileStore


def store_at(place: Path) -> FileStore:
    """The store of a place."""
    return FileStore(place)
