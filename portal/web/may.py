"""Who may open a page: said once on the page; whoever is not named is refused."""

from dataclasses import dataclass

from guapai.people import Role


@dataclass(frozen=True)
class May:
    """A condition on the visitor; ``roles`` empty: any post will do where ``post`` asks for one."""

    name: str
    session: bool = True
    post: bool = True
    roles: frozenset[Role] = frozenset()


EVERYBODY = May("everybody", session=False, post=False)
"""Signed in or not."""

SIGNED_IN = May("signed_in", post=False)
"""Signed in; a post need not be chosen, the password may still be the first one."""

IN_POST = May("in_post")
"""In whatever post; what is shown is bounded by the post's scope."""


def only(*roles: Role) -> May:
    """In a post of one of these roles."""
    return May("only " + ", ".join(sorted(roles)), roles=frozenset(roles))
