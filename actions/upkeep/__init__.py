"""What an operator does: backups, checks, tidying, rule packs."""
