"""A finished attempt as text for a person."""

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

Json = dict[str, Any]
_WIDTH = 88
_MARKS = {
    "correct": " ",
    "substituted": "≠",
    "mispronounced": "~",
    "omitted": "-",
    "inserted": "+",
    "repeated": "»",
    "filler": "…",
}
_MEASURES = {
    "speech_rate_wpm": ("speech rate", "words/min"),
    "articulation_rate_syll_per_s": ("articulation rate", "syllables/s"),
    "average_syllable_duration_s": ("average syllable", "s"),
    "phonation_time_ratio": ("share of time speaking", ""),
    "pauses_per_min": ("pauses", "per min"),
    "mean_pause_s": ("mean pause", "s"),
    "long_pauses_per_word": ("pauses of 0.5 s or more", "per word"),
    "very_long_pauses_count": ("pauses of 1 s or more", ""),
    "mid_clause_pause_share": ("pauses within a clause", "of all"),
    "mean_length_of_run_syll": ("mean length of run", "syllables"),
    "filled_pauses_per_min": ("fillers", "per min"),
    "repetitions_per_100_words": ("repetitions", "per 100 words"),
    "self_corrections_per_100_words": ("self-corrections", "per 100 words"),
    "types_per_s": ("different words", "per s"),
    "mattr_50": ("types of 50 words (MATTR)", ""),
    "mtld": ("variety of words (MTLD)", "words"),
    "b2_plus_word_share": ("words of level B2 or above", "of all"),
    "recogniser_confidence": ("recogniser confidence", ""),
    "vowel_npvi": ("rhythm (nPVI of vowels)", ""),
    "pitch_range_st": ("pitch range", "semitones"),
    "pitch_sd_st": ("pitch deviation", "semitones"),
    "loudness_variation_db": ("loudness variation", "dB"),
    "level_dbfs": ("level", "dBFS"),
    "snr_db": ("signal to noise", "dB"),
}


def render(attempt: Json) -> str:
    """Words with times, scores with evidence, feedback; or the failure and the next step."""
    if attempt["status"] == "failed":
        failure = attempt["failure"]
        lines = [f"{failure['detail']}  [{failure['code']}]", failure["next_step"]]
        if "analysis" not in attempt:
            return "\n".join(lines)
        return "\n".join([*lines, "", *analysis_lines(attempt["analysis"])])
    return "\n".join([*analysis_lines(attempt["analysis"]), "", *_feedback(attempt)])


def analysis_lines(analysis: Json) -> Iterator[str]:
    """Transcript, words, measures, scores and warnings of an analysis document."""
    yield f"Heard by {analysis['transcriber']['name']}:"
    yield from _wrapped(analysis["transcript"], indent="  ")
    yield ""
    yield "Words   (≠ read as another word, - left out, + added, » repeated, … filler)"
    for number, word in enumerate(analysis["words"]):
        yield _word(number, word)
    yield ""
    yield from _recurring(analysis.get("recurring_phones", ()))
    yield from _grammar(analysis.get("language_findings", ()), analysis["words"])
    yield "Measures"
    for name, (label, unit) in _MEASURES.items():
        if name in analysis["measures"]:
            yield f"  {label:<27}{analysis['measures'][name]:>8} {unit}".rstrip()
    yield ""
    yield "Scores (0 to 100)"
    if analysis.get("not_scorable_reason"):
        yield f"  Not scorable: {analysis['not_scorable_reason']}"
    for name, score in analysis["scores"].items():
        yield f"  {name:<14}{score['value']:>4}   {score['confidence']} confidence"
        yield from _wrapped(_evidence(score, analysis["words"]), indent="                  ")
    for name, estimate in analysis.get("estimates", {}).items():
        yield f"  {name.upper():<6} {estimate['low']} to {estimate['high']} (practice estimate)"
    for warning in analysis["warnings"]:
        yield f"  Mind: {warning['detail']} [{warning['code']}]"


def _word(number: int, word: Json) -> str:
    mark = _MARKS.get(word.get("result", "correct"), " ")
    times = "               "
    if "start_s" in word:
        times = f"{word['start_s']:6.2f} - {word['end_s']:6.2f}"
    heard = f"   heard “{word['heard']}”" if "heard" in word else ""
    return f"  {number:>3} {times} {mark} {word['text']}{heard}"


def _recurring(phones: Iterable[Json]) -> Iterator[str]:
    if not phones:
        return
    yield "Sounds that recur"
    for found in phones:
        heard = found.get("heard_as")
        mostly = f", mostly heard as /{heard['ipa']}/" if heard else ""
        words = f"{found['words_at_fault']} of {found['words_with_phone']} words"
        yield f"  /{found['ipa']}/ in {words}{mostly}"
    yield ""


def _grammar(findings: Iterable[Json], words: list[Json]) -> Iterator[str]:
    if not findings:
        return
    yield "Grammar worth checking"
    for found in findings:
        said = " ".join(words[index]["text"] for index in found["words"])
        better = f" → “{found['suggestion']}”" if "suggestion" in found else ""
        yield f"  “{said}”{better}   {found['message']}"
    yield ""


def _evidence(score: Json, words: list[Json]) -> str:
    parts = []
    for item in score["evidence"]:
        if "word" in item:
            parts.append(f"“{words[item['word']]['text']}” (word {item['word']})")
        else:
            parts.append(f"{item['measure']} {item['value']:g}")
    return "from " + ", ".join(parts) if parts else "nothing to point at"


def _feedback(attempt: Json) -> Iterator[str]:
    feedback = attempt["feedback"]
    yield f"Feedback (written by {feedback['written_by']})"
    yield from _wrapped(feedback["summary"], indent="  ")
    yield ""
    yield "What went well"
    for strength in feedback["strengths"]:
        yield from _wrapped(strength["point"], indent="    ", first="  • ")
    yield ""
    yield "What to work on"
    for improvement in feedback["improvements"]:
        yield from _wrapped(improvement["point"], indent="    ", first="  • ")
        yield from _wrapped(improvement["exercise"], indent="      ", first="    → ")


def _wrapped(text: str, *, indent: str, first: str | None = None) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=first or indent, subsequent_indent=indent
    ) or [first or indent]
