"""Tables handed out, and the files they are handed out in."""
