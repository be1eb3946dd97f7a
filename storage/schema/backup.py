"""The pack: a plain tar of the database, the files it names, and a manifest with every hash."""

import hashlib
import io
import json
import os
import re
import secrets
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from guapai.errors import BadInput, Missing
from storage.files.store import FileStore, sync_folder
from storage.schema.dump import Dumped

FORMAT = 1
MANIFEST = "manifest.json"
_MEMBERS = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
_NAME = re.compile(r"database\.(sqlite|dump)|files/([0-9a-f]{2})/\2[0-9a-f]{62}")
_STAMP = "%Y%m%dT%H%M%SZ"
_PACK = re.compile(r"guapai-(\d{8}T\d{6}Z)(-[0-9a-f]{4})?\.tar")
_CHUNK = 1024 * 1024
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Manifest:
    """What a pack says of itself. ``lost``: files that could not be packed, and why not.

    ``members`` has size and SHA-256 of everything in the pack but the manifest.
    """

    format: int
    kind: str
    revision: str | None
    at: str
    counts: Mapping[str, int]
    members: Mapping[str, Mapping[str, Any]]
    lost: Mapping[str, str]

    @property
    def database(self) -> str:
        """The member that is the database."""
        return _MEMBERS[self.kind]


def write_pack(
    folder: Path, database: Path, dumped: Dumped, store: FileStore, at: datetime, tell: Tell | None
) -> tuple[Path, Manifest]:
    """Write a pack under a passing name, force it to the disk, and give it its own name.

    Only its owner may read it: it holds personal values. Files that are missing or damaged in
    the store are noted in the manifest, they do not stop the rest.
    """
    draft = folder / f".pack-{secrets.token_hex(8)}"
    members: dict[str, dict[str, Any]] = {}
    lost: dict[str, str] = {}
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as pack:
                name = _MEMBERS[dumped.kind]
                with database.open("rb") as handle:
                    members[name] = _add(pack, name, handle, at)
                for nth, digest in enumerate(dumped.files, start=1):
                    _add_file(pack, store, digest, at, members, lost)
                    if tell is not None:
                        tell(nth, len(dumped.files))
                manifest = Manifest(
                    FORMAT,
                    dumped.kind,
                    dumped.revision,
                    at.isoformat(),
                    dumped.counts,
                    members,
                    lost,
                )
                _add_manifest(pack, manifest, at)
            out.flush()
            os.fsync(out.fileno())
        path = folder / f"guapai-{at.astimezone(UTC):{_STAMP}}.tar"
        if path.exists():
            path = path.with_stem(f"{path.stem}-{secrets.token_hex(2)}")
        os.replace(draft, path)
        sync_folder(folder)
    finally:
        draft.unlink(missing_ok=True)
    return path, manifest


def _add_file(
    pack: tarfile.TarFile,
    store: FileStore,
    digest: str,
    at: datetime,
    members: dict[str, dict[str, Any]],
    lost: dict[str, str],
) -> None:
    name = f"files/{digest[:2]}/{digest}"
    try:
        handle = store.open(digest)
    except FileNotFoundError:
        lost[digest] = "it is not in the store"
        return
    with handle:
        added = _add(pack, name, handle, at)
    members[name] = added
    if added["sha256"] != digest:
        lost[digest] = "its bytes have changed"


def _add(pack: tarfile.TarFile, name: str, handle: IO[bytes], at: datetime) -> dict[str, Any]:
    reader = _Hashing(handle)
    info = tarfile.TarInfo(name)
    info.size, info.mode = os.fstat(handle.fileno()).st_size, 0o600
    info.mtime = int(at.timestamp())
    pack.addfile(info, reader)
    return {"size": info.size, "sha256": reader.digest.hexdigest()}


def _add_manifest(pack: tarfile.TarFile, manifest: Manifest, at: datetime) -> None:
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True).encode()
    info = tarfile.TarInfo(MANIFEST)
    info.size, info.mode, info.mtime = len(text), 0o600, int(at.timestamp())
    pack.addfile(info, io.BytesIO(text))


class _Hashing:
    """Reads a file and hashes what was read."""

    def __init__(self, handle: IO[bytes]) -> None:
        self._handle = handle
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._handle.read(size)
        self.digest.update(data)
        return data


def made_at(path: Path) -> datetime | None:
    """When a pack was made, by its name; None for another file."""
    found = _PACK.fullmatch(path.name)
    return datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC) if found else None


@contextmanager
def open_pack(path: Path) -> Iterator[tuple[tarfile.TarFile, Manifest]]:
    """A pack and its manifest. Raises Missing for no file, BadInput for what is no pack of ours."""
    try:
        with tarfile.open(path, mode="r:") as pack:
            yield pack, _manifest(path, pack)
    except FileNotFoundError:
        raise Missing(f"there is no pack {path}") from None
    except tarfile.TarError as error:
        raise BadInput(f"{path} is no whole pack: {error}") from None


def _manifest(path: Path, pack: tarfile.TarFile) -> Manifest:
    try:
        handle = pack.extractfile(MANIFEST)
        assert handle is not None
        value = json.load(handle)
        manifest = Manifest(**value)
    except (KeyError, ValueError, TypeError, AssertionError):
        raise BadInput(
            f"{path} has no {MANIFEST} that can be read; it is no pack of ours"
        ) from None
    if manifest.format != FORMAT or manifest.kind not in _MEMBERS:
        raise BadInput(f"{path} is of a form this program does not know; use the one that made it")
    return manifest


def unpack(path: Path, into: Path | None) -> Manifest:
    """Read every member of a pack and compare it with the manifest; write them if ``into`` is given.

    A file that was damaged when it was packed is not written: nothing lies under a hash that is
    not its own. Raises BadInput naming the first member that is missing, changed, or should not be
    there.
    """
    with open_pack(path) as (pack, manifest):
        seen: set[str] = set()
        for info in pack:
            if info.name == MANIFEST:
                continue
            wanted = manifest.members.get(info.name)
            if wanted is None or not info.isreg() or not _NAME.fullmatch(info.name):
                raise BadInput(f"{path}: {info.name!r} does not belong into a pack")
            handle = pack.extractfile(info)
            assert handle is not None
            digest = Path(info.name).name if info.name.startswith("files/") else ""
            kept = into is not None and digest not in manifest.lost
            found = _copy(handle, into / info.name if into is not None and kept else None)
            if digest and digest not in manifest.lost and found != digest:
                raise BadInput(f"{path}: {info.name} has other bytes than its name says")
            if found != wanted["sha256"] or info.name in seen:
                raise BadInput(f"{path}: {info.name} is not what was packed; use another pack")
            seen.add(info.name)
        if absent := sorted(manifest.members.keys() - seen):
            raise BadInput(f"{path}: {absent[0]} is missing; use another pack")
    return manifest


def _copy(source: IO[bytes], target: Path | None) -> str:
    reader = _Hashing(source)
    if target is None:
        while reader.read(_CHUNK):
            pass
        return reader.digest.hexdigest()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while data := reader.read(_CHUNK):
            out.write(data)
        out.flush()
        os.fsync(out.fileno())
    return reader.digest.hexdigest()
