"""A sealed paper as a file, found by its number as people type it."""

from guapai.errors import Damaged, Missing, Unready
from storage import paper as papers
from storage.database.work import Work
from storage.files.store import FileStore
from storage.paper import Paper, PaperState

_BRACKETS = str.maketrans("[（(【﹝", "〔〔〔〔〔") | str.maketrans("]）)】﹞", "〕〕〕〕〕")


def sealed_bytes(work: Work, store: FileStore, text: str) -> tuple[Paper, bytes]:
    """The paper of a number or an id, and its PDF, whose hash has been checked.

    Raises Missing when there is no such paper, Damaged when its file is gone or changed, and
    Unready while it is still being made.
    """
    known = text.strip()
    paper = (
        papers.get(work, int(known))
        if known.isdecimal()
        else papers.numbered(work, known.translate(_BRACKETS))
    )
    if paper is None:
        raise Missing(f"there is no paper {text!r}; a number looks like 金安安督字〔2026〕1号")
    if paper.state != PaperState.sealed or paper.pdf is None:
        raise Unready(
            f"{paper.number} is still being made (已编号，未成文); "
            "the clock prints it, or: guapai run papers"
        )
    try:
        return paper, store.read(paper.pdf)
    except (Missing, Damaged):
        raise Damaged(
            f"the file of {paper.number} is gone or changed; restore it from a backup "
            f"({store.where(paper.pdf)})"
        ) from None
