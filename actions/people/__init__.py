"""Organisations, people, posts, passwords, and the door."""
