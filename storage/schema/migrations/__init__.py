"""Alembic's folder; it is configured in `storage.schema.schema`."""
