"""What has happened: acts, events, and who looked."""
