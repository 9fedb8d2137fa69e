"""`python -m run_services.course.migrate`: bring the schema `course` to the newest revision."""

from pathlib import Path

from shared import wiring
from shared.runtime.store_settings import SqlSettings

SCRIPTS = Path(__file__).parent / "migrations"
SCHEMA = "course"

if __name__ == "__main__":
    wiring.migrate(SqlSettings(), SCRIPTS, SCHEMA)
