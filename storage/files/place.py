"""Where files are kept, as a setting says it: a folder, or a bucket of an S3-compatible store."""

from functools import lru_cache
from pathlib import Path

from guapai.errors import Unready
from storage.files.bucket import Bucket
from storage.files.store import FileStore


def store_at(place: Path) -> FileStore:
    """The store of a place: of ``s3://bucket/prefix``, or of a folder.

    A path keeps one slash of two, so ``s3:/bucket/prefix`` is the same. Raises Unready for a
    bucket that cannot be used.
    """
    if not place.parts or place.parts[0] != "s3:":
        return FileStore(place)
    if len(place.parts) < 2:
        raise Unready("GUAPAI_FILES names no bucket; write s3://BUCKET/PREFIX")
    return _bucket(place.parts[1], "/".join(place.parts[2:]))


@lru_cache(maxsize=8)
def _bucket(bucket: str, prefix: str) -> Bucket:
    """One client for each place, which keeps its connections."""
    return Bucket(bucket, prefix)
