"""Where somebody is to be reached: an address as letters need it."""

from guapai.errors import BadInput
from guapai.text import Said
from notifications.post.sealing import mailbox
from storage.database.work import Work
from storage.people import staffing


def address_of(work: Work, person_id: int | None, email: str) -> str:
    """A new address of a person, or of whoever reads a letter without one.

    Raises BadInput, said beside the field ``email``, for one that cannot be theirs.
    """
    try:
        address = mailbox(email.strip())
    except BadInput:
        raise BadInput(Said("这不是能收信的邮箱地址，请检查").beside("email")) from None
    for other in staffing.people_known_as(work, address):
        if person_id is not None and other.id != person_id:
            raise BadInput(Said("这一邮箱已登记给其他人员，请核对").beside("email"))
    return address
