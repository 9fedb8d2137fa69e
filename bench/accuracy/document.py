"""docs/accuracy.md, from what was measured."""

from collections.abc import Mapping
from typing import Any

from bench.accuracy.goals import Goal, goals
from bench.accuracy.sound import SOFTEST_SPEECH_DB
from bench.accuracy.sound_sections import learners, native, planted
from bench.accuracy.tables import Row, milliseconds, number, percent, table

_MARKS = {True: "yes", False: "**no**", None: "not measured"}


def render(measured: Mapping[str, Any]) -> str:
    sections = [
        _head(measured),
        "## Goals\n\n"
        + table(("", "Goal", "Here", "Met"), (_goal(goal) for goal in goals(measured))),
        _material(measured),
        _words(measured),
        _pauses(measured),
        _fillers(measured),
        _miscues(measured),
        _false_miscues(measured),
        native(measured),
        planted(measured),
        learners(measured),
    ]
    return "\n\n".join(sections) + "\n"


def _head(measured: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in measured["versions"].items())
    return (
        "# Accuracy\n\n"
        "Written by `make accuracy` from `bench/accuracy/measured.json`; change nothing here\n"
        "(`python -m bench.accuracy --render` measures nothing). Labelled recordings of one's own "
        "are added with\n`make accuracy CASES=cases.json LEARNERS=folder`; "
        "`bench/accuracy/labelled.py` says how they are labelled.\n\n"
        f"Measured {measured['measured_at']}: {versions}."
    )


def _goal(goal: Goal) -> Row:
    show = percent if goal.percent else number
    sign = "≤" if goal.at_most else "≥"
    return goal.name, f"{sign} {show(goal.bound)}", show(goal.figure), _MARKS[goal.met]


def _material(measured: Mapping[str, Any]) -> str:
    rows = [
        (name, str(row["recordings"]), f"{row['minutes']:.1f}")
        for name, row in measured["material"].items()
    ]
    failures = measured["failures"]
    told = ", ".join(f"{code}: {count}" for code, count in failures.items()) or "none"
    return (
        "## Material\n\n"
        + table(("Recordings", "Number", "Minutes"), rows)
        + f"\n\nRecordings that ended in a failure: {told}.\n\n"
        "Synthetic recordings are our own sentences, which no part of the engine was trained or\n"
        "tuned on, in up to ten voices of Piper, Flite and espeak-ng with pink noise 40 dB below\n"
        "the speech unless said otherwise. They are no people: rank by them, and believe the real\n"
        "speakers first. “Given” are fixtures and recordings named to the command."
    )


def _words(measured: Mapping[str, Any]) -> str:
    rows = [
        (name, str(row["words"]), percent(row["word_error_rate"]))
        for name, row in measured["words"].items()
    ]
    return "## Words\n\nWord error rate; fillers count for nothing.\n\n" + table(
        ("Recordings", "Words", "Errors"), rows
    )


def _pauses(measured: Mapping[str, Any]) -> str:
    rows = [
        (
            name,
            f"{row['found']} of {row['there']}",
            str(row["false"]),
            percent(row["edges_within_50_ms"]),
            milliseconds(row["edge_error_s"]),
            milliseconds(row["duration_error_s"]),
        )
        for name, row in measured["pauses"].items()
    ]
    columns = ("Noise", "Found", "False", "Edges within 50 ms", "Edge error", "Length error")
    told = (
        "Silences of 0.25 s and longer; errors are means. With any noise speech begins and ends\n"
        f"where the voice alone is within {-SOFTEST_SPEECH_DB:.0f} dB of its loudest 10 ms."
    )
    return f"## Pauses\n\n{told}\n\n" + table(columns, rows)


def _fillers(measured: Mapping[str, Any]) -> str:
    rows = [
        (
            name,
            f"{row['found']} of {row['there']}",
            percent(row["recall"]),
            percent(row["precision"]),
            number(row["false_per_minute"]),
        )
        for name, row in measured["fillers"].items()
    ]
    return "## Fillers\n\n" + table(
        ("Noise", "Found", "Recall", "Precision", "False a minute"), rows
    )


def _miscues(measured: Mapping[str, Any]) -> str:
    rows = [
        (
            kind.replace("_", " "),
            str(row["there"]),
            str(row["false"]),
            percent(row["precision"]),
            percent(row["recall"]),
            number(row["f1"]),
        )
        for kind, row in measured["miscues"].items()
    ]
    missed = [
        f"- {item['planted']}, told {item['told']}: said “{item['said']}”, heard “{item['heard']}”"
        for item in measured["miscues_missed"]
    ]
    return (
        "## Miscues of reading\n\n"
        "One planted in each reading. A self-correction in a reading is told as an added or\n"
        "repeated word, so that its precision is unknown there.\n\n"
        + table(("Kind", "There", "False", "Precision", "Recall", "F1"), rows)
        + "\n\nWrongly told:\n\n"
        + ("\n".join(missed) or "- none")
    )


def _false_miscues(measured: Mapping[str, Any]) -> str:
    kinds = ("omission", "insertion", "substitution", "repetition")
    rows = [
        (name, str(row["words"]), *(number(row["per_100_words"].get(kind, 0)) for kind in kinds))
        for name, row in measured["false_miscues"].items()
    ]
    examples = measured["false_miscues"].get("native speakers", {"examples": []})["examples"]
    return (
        "## Miscues told of faultless readings\n\nPer 100 words.\n\n"
        + table(("Recordings", "Words", *(f"{kind}s" for kind in kinds)), rows)
        + f"\n\nOf native speakers: {'; '.join(examples) or 'none'}."
    )
