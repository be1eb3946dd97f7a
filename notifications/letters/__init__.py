"""One folder per letter: its subject, its text, its page; `notifications.letter` knows who gets it."""
