"""Where Alembic starts. The connection comes from ``schema.py``: there is no other way in."""

from alembic import context

from visavis.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
