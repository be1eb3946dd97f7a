"""How far a case is kept from those it is about."""

from guapai.word import Word


class Secrecy(Word):
    """Who is kept from a case, whatever their scope."""

    open = "open", "一般"
    unannounced = "unannounced", "未告知责任单位"
    """The unit does not know yet: an inspection that is announced finds nothing (own; OPINION of
    the field: a lead is shown to the unit once it is verified on site)."""
    hidden = "hidden", "保密"
    """Outside every question that its handlers do not ask."""
