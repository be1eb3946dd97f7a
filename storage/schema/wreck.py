"""What can be seen of a damaged SQLite file without opening it as a database."""

from pathlib import Path

_MAGIC = b"SQLite format 3\x00"
_HEADER = 100


def file_fault(file: Path) -> str:
    """What is wrong with a file that ought to be a SQLite database; empty when nothing is seen.

    Nothing is said of a file that is not there, or of a folder.
    """
    if not file.is_file():
        return ""
    size, log = file.stat().st_size, _size(_beside(file, "-wal"))
    if size == 0 and not log:
        return f"{file} has 0 bytes"
    with file.open("rb") as handle:
        header = handle.read(_HEADER)
    if size and not header.startswith(_MAGIC):
        return f"{file} is no SQLite database"
    if _lost_log(file):
        return f"{file.name}-shm is there without {file.name}-wal: what was committed last is lost"
    if not log and size < _length(header):
        return f"{file} was cut off: it has {size} bytes, its head says {_length(header)}"
    return ""


def _lost_log(file: Path) -> bool:
    """Whether the log is gone that a killed process left.

    SQLite removes both when the last connection ends, -shm first: asked twice, so that this is
    not mistaken for it.
    """
    shared, log = _beside(file, "-shm"), _beside(file, "-wal")
    return shared.exists() and not log.exists() and shared.exists()


def _length(header: bytes) -> int:
    """How long the file is by its own head; 0 when the head does not vouch for that (file format, 1.3.7)."""
    if len(header) < _HEADER or header[24:28] != header[92:96]:
        return 0
    page = int.from_bytes(header[16:18], "big")
    return (65536 if page == 1 else page) * int.from_bytes(header[28:32], "big")


def _beside(file: Path, suffix: str) -> Path:
    return file.with_name(file.name + suffix)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
