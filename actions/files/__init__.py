"""Files that people hand in, and the views of pictures."""
