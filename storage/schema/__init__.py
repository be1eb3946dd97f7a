"""The schema: every table, its triggers and migrations, dumps and backups of it."""
