"""People, organisations, posts, passwords, sessions."""
