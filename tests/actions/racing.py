"""Acts that start at the same instant, each in a thread of its own."""

import threading
from collections.abc import Callable
from typing import Any

from actions.act.perform import Done
from guapai.errors import GuapaiError

Call = Callable[[], Done]
Answer = Done | GuapaiError


def at_once(*calls: Call) -> list[Answer]:
    """What each call answered; they start together, each in a thread of its own."""
    together = threading.Barrier(len(calls))
    answers: list[Any] = [None] * len(calls)

    def run(nth: int) -> None:
        together.wait()
        try:
            answers[nth] = calls[nth]()
        except GuapaiError as error:
            answers[nth] = error

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert None not in answers, "a call failed with something nobody should ever see"
    return answers
