"""Migrations of the schema, run by alembic from `aggregator.store.upgrade`."""
