"""The procedures, as tables of moves. Pure."""
