"""For every guard what it lets pass, and what it refuses: the cases of every guard_cases_<topic>."""

import pkgutil
from importlib import import_module

from statemachines.procedure import Guard
from tests import statemachines
from tests.statemachines.situations import Seen

_TOPICS = [
    import_module(f"{statemachines.__name__}.{found.name}")
    for found in pkgutil.iter_modules(statemachines.__path__)
    if found.name.startswith("guard_cases_")
]
PASSES: list[tuple[Guard, Seen]] = [case for topic in _TOPICS for case in topic.PASSES]
REFUSES: list[tuple[Guard, Seen]] = [case for topic in _TOPICS for case in topic.REFUSES]
