"""What the clock does: ladders of duties, their rungs, and counting anew."""
