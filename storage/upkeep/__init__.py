"""What keeps the house going: published rule packs, and the right to run a job."""
