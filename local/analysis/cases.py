"""What is to be analysed: recordings by name, or a file of labelled cases."""

import json
from dataclasses import dataclass
from pathlib import Path


class CasesError(Exception):
    """The file of cases cannot be understood; the message names the case and the fault."""


@dataclass(frozen=True, slots=True)
class Case:
    """One recording; `reference` is the text it was read from, None for free speech."""

    id: str
    audio: Path
    reference: str | None


def read_cases(file: Path) -> list[Case]:
    """Cases of a JSON list of objects with `id`, `file` (beside the list) and `reference`.

    Other fields are labels for whoever compares. Raises `CasesError`.
    """
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CasesError(f"{file} is not a readable JSON file: {error}") from error
    if not isinstance(rows, list):
        raise CasesError(f"{file} holds no list of cases")
    return [_case(row, number, file.parent) for number, row in enumerate(rows)]


def _case(row: object, number: int, folder: Path) -> Case:
    if not isinstance(row, dict):
        raise CasesError(f"case {number} is not an object")
    for field in ("id", "file"):
        if not isinstance(row.get(field), str) or not row[field]:
            raise CasesError(f"case {number} has no “{field}”")
    reference = row.get("reference")
    if not isinstance(reference, str | None):
        raise CasesError(f"case {number}: “reference” is neither a text nor null")
    return Case(row["id"], folder / row["file"], reference or None)
