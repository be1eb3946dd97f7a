"""Files that are handed out: read through first, and what is damaged is written down, not handed out."""

import logging
from pathlib import Path

from guapai.clock import Clock
from guapai.errors import Damaged, Missing
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.files import damage
from storage.files.store import FileStore

LOG = logging.getLogger("guapai.files")

_SAID = "这个文件已损坏或丢失，暂时不能提供；已记录，请联系系统管理员从备份恢复"


def given_file(engine: Engine, clock: Clock, store: FileStore, sha256: str) -> Path:
    """Where a file that a case names lies.

    Raises Damaged when it is gone or changed, once that is in the database and in the log.
    """
    try:
        return store.checked(sha256)
    except Missing:
        reason = damage.LOST
    except Damaged:
        reason = damage.CHANGED
    with unit_of_work(engine, clock) as work:
        damage.note(work, sha256, reason)
    LOG.error("the file %s is %s; restore it from a backup", store.where(sha256), reason)
    raise Damaged(_SAID)
