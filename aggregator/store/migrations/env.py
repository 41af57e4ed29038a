"""Runs migrations over the connection that `aggregator.store.upgrade` hands in; its transaction is theirs."""

from alembic import context

from aggregator.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
