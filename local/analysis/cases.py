"""What is to be analysed: recordings by name, or a file of labelled cases."""

import json
from dataclasses import dataclass
from pathlib import Path

from shared.domain.analysis import Strictness


class CasesError(Exception):
    """The file of cases cannot be understood; the message names the case and the fault."""


@dataclass(frozen=True, slots=True)
class Case:
    """One recording; `reference` is the text it was read from, None for free speech.

    `strictness` is how soon a word of a reading is worth checking.
    """

    id: str
    audio: Path
    reference: str | None
    strictness: Strictness = "standard"


def read_cases(file: Path, strictness: Strictness = "standard") -> list[Case]:
    """Cases of a JSON list of objects with `id`, `file` (beside the list) and `reference`.

    All are marked by `strictness`. Other fields are labels for whoever compares. Raises
    `CasesError`.
    """
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CasesError(f"{file} is not a readable JSON file: {error}") from error
    if not isinstance(rows, list):
        raise CasesError(f"{file} holds no list of cases")
    return [_case(row, number, file.parent, strictness) for number, row in enumerate(rows)]


def _case(row: object, number: int, folder: Path, strictness: Strictness) -> Case:
    if not isinstance(row, dict):
        raise CasesError(f"case {number} is not an object")
    for field in ("id", "file"):
        if not isinstance(row.get(field), str) or not row[field]:
            raise CasesError(f"case {number} has no “{field}”")
    reference = row.get("reference")
    if not isinstance(reference, str | None):
        raise CasesError(f"case {number}: “reference” is neither a text nor null")
    return Case(row["id"], folder / row["file"], reference or None, strictness)
