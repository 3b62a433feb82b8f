"""Run by Alembic. The connection comes from upgrade.py, already inside its transaction, so that a step happens wholly or not at all."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
