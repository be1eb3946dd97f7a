"""Files: evidence by its hash, and uploads on their way."""
