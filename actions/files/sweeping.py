"""Files that nobody needs: handed in some time ago, and no case, paper or waiting decision names them.

A file is put aside before the database forgets it, and looked at once more: bytes that have come anew
meanwhile go back to their place. What a crash leaves aside goes back, or goes, with the next sweep.
"""

import os
from datetime import timedelta

from guapai.clock import Clock
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.files import evidence
from storage.files.store import FileStore
from storage.questions import unnamed

UNATTACHED = timedelta(days=14)
"""How long a file may lie about (own): a form is filled in, left and found again within days."""
_ASIDE = ".swept-"


class _Renewed(Exception):
    """The bytes have been handed in anew."""


def sweep_unattached(
    engine: Engine, clock: Clock, store: FileStore, age: timedelta = UNATTACHED
) -> int:
    """Remove the files that nothing names after that time; how many."""
    _tidy(engine, clock, store)
    before = clock() - age
    with unit_of_work(engine, clock, write=False) as work:
        found = unnamed.old(work, before)
    gone = 0
    for sha256 in found:
        aside = store.folder / f"{_ASIDE}{sha256}"
        try:
            with unit_of_work(engine, clock) as work:
                if not unnamed.forget(work, sha256, before):
                    continue
                if store.path(sha256).exists():
                    os.replace(store.path(sha256), aside)
                    if aside.stat().st_mtime >= before.timestamp():
                        raise _Renewed
        except _Renewed:
            os.replace(aside, store.path(sha256))
            continue
        aside.unlink(missing_ok=True)
        for view in (store.folder / "views" / sha256[:2]).glob(f"{sha256}-*"):
            view.unlink(missing_ok=True)
        gone += 1
    return gone


def _tidy(engine: Engine, clock: Clock, store: FileStore) -> None:
    for aside in store.folder.glob(f"{_ASIDE}*"):
        sha256 = aside.name.removeprefix(_ASIDE)
        with unit_of_work(engine, clock) as work:
            if evidence.is_stored(work, sha256) and not store.path(sha256).exists():
                os.replace(aside, store.path(sha256))
        aside.unlink(missing_ok=True)
