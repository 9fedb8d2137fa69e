"""Labelled recordings from files: a list of cases, and learners with experts' scores."""

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.accuracy.material import Experts, ExpertWord, Group, Planted, Recording, Span

_GROUPS: dict[str, Group] = {
    "real_read_aloud": "native",
    "real_speech": "native",
    "nonnative_read_aloud": "reading",
    "read_aloud_correct": "reading",
    "read_aloud_mispronounced": "planted",
    "free_speech": "answer",
}
_FILLERS = frozenset({"um", "uh", "er", "erm"})


def cases(file: Path) -> list[Recording]:
    """The cases of known kind: `id`, `file` beside the list, `kind`, `reference`, `spoken`.

    `mispronounced` (index, expected, said), `segments` and `pauses` (start, end) are labels.
    """
    rows = json.loads(file.read_text("utf-8"))
    found = [_case(row, file.parent) for row in rows if row["kind"] in _GROUPS]
    # The same reading in another format is no further evidence.
    once = {(case.group == "native" or case.id, case.voice, case.reference): case for case in found}
    return list(once.values())


def learners(folder: Path, count: int | None = None) -> list[Recording]:
    """The sentences of `labels.json`; `count` of them, each total score with its share.

    Within a score the speakers take turns, so that none is heard more than another.
    """
    rows = json.loads((folder / "labels.json").read_text("utf-8"))
    chosen = rows if count is None or count >= len(rows) else _spread(rows, count)
    return [_learner(row, folder) for row in chosen]


def _case(row: dict[str, Any], folder: Path) -> Recording:
    group = _GROUPS[row["kind"]]
    planted = tuple(
        Planted(item["index"], item["expected"], item["said"])
        for item in row.get("mispronounced") or ()
    )
    spans = [(item["text"], _span(item)) for item in row.get("segments") or ()]
    pauses = tuple(_span(item) for item in row["pauses"]) if row.get("pauses") else None
    # In `real_speech` the reference is what was said, not a text that was read.
    reference = row["reference"]
    return Recording(
        id=row["id"],
        audio=folder / row["file"],
        group=group,
        voice=row.get("speaker") or row.get("voice") or "",
        reference=reference,
        spoken=None if planted else row["spoken"] or reference,
        planted=planted,
        miscues=() if reference and not planted else None,
        pauses=pauses,
        fillers=tuple(span for text, span in spans if text in _FILLERS) if spans else None,
        made=False,
    )


def _span(item: dict[str, float]) -> Span:
    return Span(item["start"], item["end"])


def _learner(row: dict[str, Any], folder: Path) -> Recording:
    words = tuple(
        ExpertWord(
            word["accuracy"],
            tuple(re.sub(r"\d", "", phone) for phone in word["phones"]),
            tuple(word["phones_accuracy"]),
        )
        for word in row["words"]
    )
    sentence = row["sentence"]
    return Recording(
        id=row["id"],
        audio=folder / row["file"],
        group="learner",
        voice=row["speaker"],
        reference=row["text"].lower(),
        made=False,
        experts=Experts(
            sentence["accuracy"],
            sentence["fluency"],
            sentence["prosodic"],
            sentence["total"],
            words,
        ),
    )


def _spread(rows: Sequence[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    by_score: dict[int, list[dict[str, Any]]] = defaultdict(list)
    heard: dict[tuple[int, str], int] = defaultdict(int)
    for row in rows:
        by_score[round(row["sentence"]["total"])].append(row)
    ordered = []
    for score in sorted(by_score):
        turns = []
        for row in by_score[score]:
            turns.append((heard[score, row["speaker"]], row["speaker"], row["id"], row))
            heard[score, row["speaker"]] += 1
        ordered += [row for *_, row in sorted(turns, key=lambda turn: turn[:3])]
    step = len(ordered) / count
    return [ordered[int(step * (n + 0.5))] for n in range(count)]
