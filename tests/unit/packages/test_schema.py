"""The JSON Schema for editors says what the reader says."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from local import package_schema
from local.deployables import ROOT
from tests.fakes.course_contents import every_kind

SCHEMA = json.loads(package_schema.FILE.read_text())
FILES = sorted((ROOT / "courses").rglob("*.yaml"))


def kind(path: Path) -> str:
    names = {"course.yaml": "course", "unit.yaml": "unit"}
    return "lesson" if path.parent.name == "lessons" else names[path.name]


def faults(document: Any, name: str | None = None) -> list[str]:
    wanted = {"$ref": f"#/$defs/{name}"} if name else {"anyOf": SCHEMA["anyOf"]}
    schema = {"$defs": SCHEMA["$defs"], **wanted}
    Draft202012Validator.check_schema(schema)
    return [error.json_path for error in Draft202012Validator(schema).iter_errors(document)]


def test_it_is_made_from_the_models() -> None:
    assert package_schema.FILE.read_text() == package_schema.document(), (
        "run: python -m local.package_schema"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT / "courses")))
def test_the_shipped_courses_fit(path: Path) -> None:
    document = yaml.safe_load(path.read_text())
    assert faults(document, kind(path)) == []
    assert faults(document) == []


def test_every_kind_of_prompt_fits() -> None:
    assert faults({"title": "A", "prompts": every_kind()}, "lesson") == []


@pytest.mark.parametrize(
    ("name", "document", "path"),
    [
        ("course", {"format": 2, "title": "A", "language": "en", "units": []}, "$.format"),
        ("course", {"format": 1, "title": "A", "language": "en", "units": ["A"]}, "$.units[0]"),
        ("unit", {"title": "A", "lessons": ["a", "a"]}, "$.lessons"),
        ("unit", {"title": "A", "lessons": [], "id": "a"}, "$"),
        ("unit", {"title": "A", "lessons": [], "summary": None}, "$.summary"),
        ("lesson", {"title": "A"}, "$"),
        ("lesson", {"title": True, "prompts": []}, "$.title"),
        ("lesson", {"title": "A", "prompts": [{"id": "a", "kind": "song"}]}, "$.prompts[0]"),
    ],
)
def test_what_the_reader_refuses_does_not_fit(name: str, document: Any, path: str) -> None:
    assert faults(document, name) == [path]
