"""Entries on ranked lists are items of feed readers under ids that rise with time."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("list_entries", sa.Column("item_id", sa.BigInteger(), nullable=True))
    connection = op.get_bind()
    first = connection.execute(sa.text("SELECT next FROM sequences WHERE name = 'entry_id'")).scalar_one()
    listed = connection.execute(sa.text("SELECT name, entry_id FROM list_entries ORDER BY entered_at, name, entry_id")).all()
    for item_id, (name, entry_id) in enumerate(listed, start=first):
        connection.execute(
            sa.text("UPDATE list_entries SET item_id = :item WHERE name = :name AND entry_id = :entry"),
            {"item": item_id, "name": name, "entry": entry_id},
        )
    following = first + len(listed)
    connection.execute(sa.text("UPDATE sequences SET next = :next WHERE name = 'entry_id'"), {"next": following})
    with op.batch_alter_table("list_entries") as table:
        table.alter_column("item_id", existing_type=sa.BigInteger(), nullable=False)
        table.create_unique_constraint(op.f("uq_list_entries_item_id"), ["item_id"])
