"""Files that are handed out: read through first, and what is damaged is written down, not handed out.

A view that is made already is shown without reading the original: only what is known of it counts.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from actions.files import view as picture
from actions.files.view import Size
from guapai.clock import Clock
from guapai.errors import Damaged, Missing
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.files import damage
from storage.files.store import CHANGED, LOST, FileStore

LOG = logging.getLogger("guapai.files")

_SAID = "这个文件已损坏或丢失，暂时不能提供；已记录，请联系系统管理员从备份恢复"


def given_file(engine: Engine, clock: Clock, store: FileStore, sha256: str) -> Path:
    """Where a file that a case names lies.

    Raises Damaged when it is gone or changed, once that is in the database and in the log.
    """
    with _noticing(engine, clock, store, sha256):
        return store.checked(sha256)


def whole_again(engine: Engine, clock: Clock, store: FileStore, sha256: str) -> None:
    """Look once more at a file that is known to be damaged; whole again, that is written down.

    Raises Damaged when it is not.
    """
    given_file(engine, clock, store, sha256)
    with unit_of_work(engine, clock) as work:
        damage.mended(work, sha256)


def made_view(
    engine: Engine, clock: Clock, store: FileStore, sha256: str, media_type: str, size: Size
) -> Path:
    """A view, made now if there is none; the original is read through for that.

    Raises Damaged as `given_file` does, and whatever `view.make` raises of a picture that is whole.
    """
    ready = picture.made(store, sha256, media_type, size)
    if ready is not None:
        return ready
    with _noticing(engine, clock, store, sha256):
        return picture.make(store, sha256, media_type, size)


@contextmanager
def _noticing(engine: Engine, clock: Clock, store: FileStore, sha256: str) -> Iterator[None]:
    """Whoever reads a file meanwhile finds it whole, or its damage is written down."""
    try:
        yield
    except Missing:
        reason = LOST
    except Damaged:
        reason = CHANGED
    else:
        return
    with unit_of_work(engine, clock) as work:
        damage.note(work, sha256, reason)
    LOG.error("the file %s is %s; restore it from a backup", store.where(sha256), reason)
    raise Damaged(_SAID)
