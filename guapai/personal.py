"""Values about natural persons, which can be erased from the history without breaking it."""

from functools import cache
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

T = TypeVar("T")


class PersonalMark:
    """Marks a field whose value goes to `event_secrets`; the event holds only its salted hash."""


MARK = PersonalMark()
Personal = Annotated[T, MARK]
"""``Personal[str]``: an erasable value (design §5)."""

ERASED = "（已删除）"
"""What stands in a row, and in a folded history, where an erased value stood."""


def is_personal(field: FieldInfo) -> bool:
    """Whether a pydantic field carries the mark, at its top or inside an optional."""
    if any(isinstance(m, PersonalMark) for m in field.metadata):
        return True
    return _marked(field.annotation)


@cache
def personal_fields(facts: type[BaseModel]) -> tuple[str, ...]:
    """The fields of a model that are personal, in their order."""
    return tuple(n for n, f in facts.model_fields.items() if is_personal(f))


def _marked(annotation: Any) -> bool:
    return any(isinstance(a, PersonalMark) or _marked(a) for a in get_args(annotation))
