"""What an act has in its hands: the case, its record, the facts, the sides, the readers."""
