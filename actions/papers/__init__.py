"""Papers: printed once, sealed, and found again by their number."""
