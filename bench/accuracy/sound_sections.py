"""The sections of docs/accuracy.md about pronunciation."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.accuracy.goals import PUBLISHED
from bench.accuracy.tables import Row, number, percent, table
from shared.speech.weak_contrasts import WEAK_CONTRASTS

_WEAK_AUC, _WEAK_FOUND, _ENOUGH = 0.85, 0.5, 15


def native(measured: Mapping[str, Any]) -> str:
    rows = [
        (name, str(row["scored"]), str(row["flagged"]), percent(row["share"]))
        for name, row in measured["flags"].items()
    ]
    return (
        "## Words flagged in faultless readings\n\n"
        + table(("Recordings", "Words scored", "Flagged", "Share"), rows)
        + "\n\n"
        + _made_from(measured)
    )


def planted(measured: Mapping[str, Any]) -> str:
    columns = ("Error", "There", "AUC", "Found at 5 %", "Flagged", "Named of flagged")
    sections = [
        "## Planted mispronunciations",
        "“Found at 5 %”: below the score under which 5 % of the native speakers' words lie.\n"
        "“Flagged”: told by the engine as it ships. “Named”: the phone and what was said instead\n"
        "are both right. Of the voices' own right words "
        f"{percent(measured['planted']['right_words_flagged'])} are flagged.",
        table(("Voice", *columns[1:]), _found(measured["planted_by_voice"])),
        table(columns, _found({"all": measured["planted"]["all"], **measured["planted"]["kinds"]})),
    ]
    if measured["planted_given"]:
        sections.append(
            "In the recordings given:\n\n"
            + table(columns, _found({"all": measured["planted_given"]["all"]}))
        )
    return "\n\n".join([*sections, _weak((measured["scorer"] or {}).get("kinds", {}))])


def weak_kinds(kinds: Mapping[str, Mapping[str, float]]) -> set[str]:
    """Of the calibration's kinds of errors those that are badly heard."""
    return {
        kind
        for kind, row in kinds.items()
        if row["there"] >= _ENOUGH and (row["auc"] < _WEAK_AUC or row["found_at_5"] < _WEAK_FOUND)
    }


def not_told() -> set[str]:
    """The kinds that are shown to learners only as not sure."""
    return {f"{expected}>{heard or '-'}" for expected, heard in WEAK_CONTRASTS}


def _weak(kinds: Mapping[str, Mapping[str, float]]) -> str:
    rows = [
        (
            kind,
            str(row["there"]),
            number(row["auc"]),
            percent(row["found_at_5"]),
            percent(row["flagged"]),
        )
        for kind, row in kinds.items()
        if kind in not_told()
    ]
    weak = [row for kind, row in kinds.items() if kind in not_told()]
    others = [row for kind, row in kinds.items() if kind not in not_told()]
    return (
        "### Weak kinds\n\n"
        "A word whose likeliest fault is one of these is only “not sure”: contrasts that\n"
        "instruments hear badly, and kinds with an AUC below "
        f"{_WEAK_AUC} or found less than\n{percent(_WEAK_FOUND)} in the scorer's own training, "
        f"which has {_ENOUGH} and more of a kind in voices whose\nsynthesiser its networks had "
        "not heard. Its figures are below. Of words with such an error\n"
        f"{percent(flagged_of(weak))} are flagged all the same, for something likelier that was "
        f"heard in them;\nof words with an error of another kind {percent(flagged_of(others))}."
        "\n\n" + table(("Error", "There", "AUC", "Found at 5 %", "Flagged"), rows)
    )


def flagged_of(kinds: Sequence[Mapping[str, float]]) -> float | None:
    there = sum(row["there"] for row in kinds)
    return sum(row["flagged"] * row["there"] for row in kinds) / there if there else None


def _found(rows: Mapping[str, Mapping[str, Any]]) -> Iterable[Row]:
    for name, row in rows.items():
        yield (
            name,
            str(row["there"]),
            number(row["auc"]),
            percent(row["found_at_5"]),
            percent(row["flagged"]),
            percent(row["named"]),
        )


def learners(measured: Mapping[str, Any]) -> str:
    title = "## Learners with experts' scores"
    held_out = (measured["scorer"] or {}).get("held_out", {})
    found = measured["learners"]
    if not found:
        return f"{title}\n\nNot measured in this run."
    rows = [
        (
            name,
            number(bound, 3),
            number(held_out.get(name), 3),
            number(found["pearson"][name], 3),
            str(found["compared"][name]),
        )
        for name, bound in PUBLISHED.items()
    ]
    rows.append(
        (
            "AUC of bad words",
            "",
            number(held_out.get("AUC of bad words"), 3),
            number(found["auc_bad_words"], 3),
            str(found["bad_words"] + found["good_words"]),
        )
    )
    columns = ("", "Published (GOPT, test split)", "Speakers held out", "End to end, in sample")
    without = ", ".join(f"{why}: {n}" for why, n in found["without_scores"].items()) or "none"
    return (
        f"{title}\n\n"
        f"{found['sentences']} of {measured['learners_in_corpus']} sentences of speechocean762 "
        f"(train split), each total score with its share, with\n{found['expected_words']} words. "
        "Pearson correlation; bad words: experts' accuracy of 4 or less against 9 or more.\n\n"
        + table((*columns, "Compared"), rows)
        + f"\n\nSentences that lack scores in the analysis, by the reason it gives: {without}.\n\n"
        "“Speakers held out”: the scorer's networks on speakers that they had not heard, from the "
        "scorer's own training.\n“End to end”: the scores of the analysis, as a learner sees them. "
        "**It is no measure of accuracy**, since\nthe scorer that ships has learned from these "
        "very recordings; where it is the lower one all the same, the\nengine loses it on the way: "
        "words not recognised, sentences that got no score, scores made in another way."
    )


def _made_from(measured: Mapping[str, Any]) -> str:
    scorer = measured["scorer"]
    if not scorer:
        return "This version of the engine scores no pronunciation."
    return (
        f"The pronunciation scorer learned from {scorer['data']}. {scorer['method']} Where the\n"
        "native speakers here are those, their false flags are in sample."
    )
