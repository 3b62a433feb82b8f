"""The search index learns runs of four ASCII signs. Older rows stay usable; the store writes them anew in the background."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Bring a database of 0002 here. A filling that had not ended begins again from the front."""
    op.execute(
        "INSERT OR REPLACE INTO config (name, value) SELECT 'search.behind', '0' WHERE EXISTS (SELECT 1 FROM \"case\")"
    )
    op.execute("PRAGMA user_version = 3")
