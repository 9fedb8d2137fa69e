"""`python -m run_services.course.migrate`: bring the schema `course` to the newest revision."""

from pathlib import Path

from shared import wiring
from shared.runtime.migration_settings import Settings

SCRIPTS = Path(__file__).parent / "migrations"
SCHEMA = "course"

if __name__ == "__main__":
    wiring.migrate(Settings(), SCRIPTS, SCHEMA)
