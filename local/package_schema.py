"""docs/course-package.schema.json, made from the models that check packages (`make docs`).

Editors read it to check and complete a package's YAML while it is written.
"""

import json
from typing import Any

from local.deployables import ROOT
from shared.repositories.course_packages.layout import FORMAT
from shared.repositories.courses.content import content_schema

FILE = ROOT / "docs" / "course-package.schema.json"
_KEYS = {"type": "array", "items": {"$ref": "#/$defs/key"}, "uniqueItems": True, "maxItems": 50}
_KEY = {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,63}$"}


def document() -> str:
    """The whole text of the file."""
    course = _plain(content_schema())
    parts = {name.lstrip("_"): part for name, part in course.pop("$defs").items()}
    unit, lesson = parts.pop("Unit"), parts.pop("Lesson")
    course["properties"] = {
        "format": {"const": FORMAT},
        **course["properties"],
        "units": _KEYS | {"description": "The units' ids in their order."},
    }
    course["required"] = ["format", *course["required"]]
    unit["properties"]["lessons"] = _KEYS | {"description": "The lessons' ids in their order."}
    for file in (unit, lesson):
        del file["properties"]["id"]
        file["required"].remove("id")
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A YAML file of a Rostrum course package",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in ("course", "unit", "lesson")],
        "$defs": {
            "course": course | {"title": "course.yaml"},
            "unit": unit | {"title": "units/<unit>/unit.yaml"},
            "lesson": lesson | {"title": "units/<unit>/lessons/<lesson>.yaml"},
            "key": _KEY,
            **parts,
        },
    }
    text = json.dumps(schema, indent=2, ensure_ascii=False).replace("#/$defs/_", "#/$defs/")
    return text + "\n"


def _plain(node: Any) -> Any:  # noqa: ANN401  (any node of a JSON Schema)
    """Without null for what may only be left out, and without the models' own names."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        name: _plain(value)
        for name, value in node.items()
        if not (name == "title" and isinstance(value, str))
        and not (name == "default" and not value)
    }
    choices = kept.get("anyOf", [])
    if {"type": "null"} in choices:
        (present,) = (choice for choice in choices if choice != {"type": "null"})
        del kept["anyOf"]
        kept = {**present, **kept}
    kept.pop("discriminator", None)
    return kept


if __name__ == "__main__":
    FILE.write_text(document())
