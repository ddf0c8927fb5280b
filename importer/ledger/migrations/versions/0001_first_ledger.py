"""The first ledger. A new one has the newest tables from the start: see creation.py."""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """There is nothing older to upgrade."""
