"""The portal as a program asks it, signed in or not."""

from typing import Any

from guapai.people import Role
from tests.portal.land import Land

HERE = "http://guapai.example"


def _as(land: Land, role: Role) -> dict[str, Any]:
    """The cookies of somebody in a role, and the token that goes with them."""
    actor = land.town.who(role)
    return {"cookies": land.town.cookie(actor), "data": {"token": land.town.token(actor)}}
