"""What we say: letters, papers, the post."""
