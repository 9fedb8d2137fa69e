"""Figures of words, pauses, fillers and miscues, from labels and analyses."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from bench.accuracy.material import Miscue, Recording, Span
from bench.accuracy.miscues import Agreement, score_miscues, told
from bench.accuracy.recognised_words import tokens, word_error_rate
from bench.accuracy.spans import score_fillers, score_pauses

Analysis = dict[str, Any]
Pairs = Sequence[tuple[Recording, Analysis]]
Figures = dict[str, Any]
_EXAMPLES = 25


def material(recording: Recording) -> str:
    """The row of a table in which a recording counts."""
    if recording.group == "native":
        return "native speakers"
    if recording.group == "learner":
        return "learners"
    if not recording.made:
        return "recordings given"
    if recording.noise_db is not None and recording.group == "reading":
        return f"synthetic, noise at {recording.noise_db} dB"
    return recording.voice.split(" ")[0]


def by_material(pairs: Pairs) -> dict[str, Pairs]:
    rows: dict[str, list[tuple[Recording, Analysis]]] = defaultdict(list)
    for recording, analysis in pairs:
        rows[material(recording)].append((recording, analysis))
    return dict(rows)


def word_errors(pairs: Pairs) -> Figures:
    known = [(r, a) for r, a in pairs if r.spoken and r.group != "learner"]
    rows = {f"{name}: read": _read(row) for name, row in by_material(known).items()}
    rows |= {
        f"answers, noise at {db} dB" if db is not None else "answers given": row
        for db, row in _by_noise([(r, a) for r, a in known if r.group == "answer"]).items()
    }
    return {
        name: {
            "words": sum(len(tokens(r.spoken or "")) for r, _ in row),
            "word_error_rate": word_error_rate([(r.spoken or "", a["transcript"]) for r, a in row]),
        }
        for name, row in rows.items()
        if row
    }


def pauses(pairs: Pairs) -> Figures:
    known = [(r, a) for r, a in pairs if r.pauses is not None]
    return {
        _noise(db): asdict(
            score_pauses([(r.pauses or (), [_span(p) for p in a["pauses"]]) for r, a in row])
        )
        for db, row in _by_noise(known).items()
    }


def fillers(pairs: Pairs) -> Figures:
    known = [(r, a) for r, a in pairs if r.fillers is not None]
    rows = {_noise(db): row for db, row in _by_noise(known).items()} | {"all": known}
    figures = {}
    for name, row in rows.items():
        scored = score_fillers([(r.fillers or (), _fillers(a), _length_s(a)) for r, a in row])
        figures[name] = asdict(scored) | {
            "recall": scored.recall,
            "precision": scored.precision,
            "false_per_minute": scored.false_per_minute,
        }
    return figures


def miscues(pairs: Pairs) -> Figures:
    planted = [(r.miscues or (), told(a["words"])) for r, a in pairs if r.group == "miscues"]
    figures: Figures = {kind: _agreement(scored) for kind, scored in score_miscues(planted).items()}
    for name in ("self_corrections", "repetitions"):
        counted = [
            (getattr(r, name), _count(a, name)) for r, a in pairs if getattr(r, name) is not None
        ]
        scored = Agreement(
            sum(true for true, _ in counted),
            sum(min(true, found) for true, found in counted),
            sum(max(0, found - true) for true, found in counted),
        )
        figures[f"{name} in answers"] = _agreement(scored)
    return figures


def false_miscues(pairs: Pairs) -> Figures:
    """In readings without any: by material, per 100 words, with examples."""
    right = [(r, a) for r, a in pairs if r.miscues == () and r.reference]
    figures: Figures = {}
    for name, row in by_material(right).items():
        claimed = Counter(item.kind for _, a in row for item in told(a["words"]))
        words = sum(word.get("reference_index") is not None for _, a in row for word in a["words"])
        figures[name] = {
            "words": words,
            "per_100_words": {kind: 100 * n / words for kind, n in sorted(claimed.items())},
            "examples": _examples(row),
        }
    return figures


def missed(pairs: Pairs) -> list[dict[str, str]]:
    """Planted miscues that no word of the analysis tells, for whoever mends it."""
    found = []
    for recording, analysis in pairs:
        if recording.group != "miscues":
            continue
        claimed = told(analysis["words"])
        scored = score_miscues([(recording.miscues or (), claimed)])
        if any(kind.found < kind.there or kind.false for kind in scored.values()):
            found.append(
                {
                    "planted": ", ".join(f"{m.kind} at {m.at}" for m in recording.miscues or ()),
                    "told": ", ".join(f"{m.kind} at {m.at}" for m in claimed) or "nothing",
                    "said": recording.spoken or "",
                    "heard": analysis["transcript"],
                }
            )
    return found


def _read(row: Pairs) -> Pairs:
    return [(r, a) for r, a in row if r.reference]


def _by_noise(row: Pairs) -> dict[int | None, Pairs]:
    found: dict[int | None, list[tuple[Recording, Analysis]]] = defaultdict(list)
    for recording, analysis in row:
        found[recording.noise_db].append((recording, analysis))
    return dict(found)


def _noise(db: int | None) -> str:
    return "recordings given" if db is None else f"{db} dB"


def _span(item: dict[str, float]) -> Span:
    return Span(item["start_s"], item["end_s"])


def _fillers(analysis: Analysis) -> list[Span]:
    return [_span(word) for word in analysis["words"] if word.get("result") == "filler"]


def _length_s(analysis: Analysis) -> float:
    timed = [word for word in analysis["words"] if word.get("end_s") is not None]
    return float(timed[-1]["end_s"] - timed[0]["start_s"]) if timed else 0.0


def _count(analysis: Analysis, name: str) -> int:
    per_100 = float(analysis["measures"].get(f"{name}_per_100_words") or 0.0)
    said = sum(word.get("result") != "filler" for word in analysis["words"])
    counted: int = round(per_100 * said / 100)
    return counted


def _agreement(scored: Agreement) -> Figures:
    return asdict(scored) | {
        "precision": scored.precision,
        "recall": scored.recall,
        "f1": scored.f1,
    }


def _examples(row: Pairs) -> list[str]:
    found: Iterable[str] = (
        _shown(word, miscue)
        for _, analysis in row
        for word in analysis["words"]
        for miscue in told([word])
    )
    return sorted(found)[:_EXAMPLES]


def _shown(word: dict[str, Any], miscue: Miscue) -> str:
    heard = f", heard as “{word['heard']}”" if word.get("heard") else ""
    return f"{miscue.kind} of “{word['text']}”{heard}"
