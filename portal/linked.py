"""Other cases on the page of a case, and how they are tied to it."""

from typing import Any

from statemachines.nouns import NOUNS
from storage.questions.casefile import CaseFile

_TIED = {("duplicate", True): "本案与之重复", ("duplicate", False): "与本案重复，已并入"}
"""How two cases are tied, seen from the one that says it and from the other."""


def linked(case: CaseFile) -> list[dict[str, Any]]:
    """Other cases that this one is about, or that are about it, as links."""
    out = []
    for other in case.linked:
        known = NOUNS[other["noun"]]
        state = known.procedure.titles[known.procedure.states(other["state"])]
        how = _TIED.get((other["kind"], bool(other["ours"])), "")
        out.append({**other, "noun": known.title, "state": state, "how": how})
    return out
