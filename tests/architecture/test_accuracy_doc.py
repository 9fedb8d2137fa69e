"""docs/accuracy.md is what was measured, and names day and versions."""

import json
from datetime import date

from bench.accuracy.__main__ import DOCUMENT, MEASURED, rendered


def test_the_page_is_rendered_from_what_was_measured() -> None:
    assert DOCUMENT.read_text("utf-8") == rendered(), "run: python -m bench.accuracy --render"


def test_figures_name_day_and_versions() -> None:
    measured = json.loads(MEASURED.read_text("utf-8"))
    date.fromisoformat(measured["measured_at"])
    assert {"scorer", "whisper-base", "Python", "piper-tts"} <= set(measured["versions"])
