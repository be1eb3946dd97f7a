"""The proof of history: every row is what its events made it."""
