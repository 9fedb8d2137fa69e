"""`python -m run_services.auth.migrate`: bring the schema `auth` to the newest revision."""

from pathlib import Path

from shared import wiring
from shared.runtime.migration_settings import Settings

SCRIPTS = Path(__file__).parent / "migrations"
SCHEMA = "auth"

if __name__ == "__main__":
    wiring.migrate(Settings(), SCRIPTS, SCHEMA)
