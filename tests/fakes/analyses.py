"""Analyses as the measurement engine makes them, built from a line of text."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shared.domain.analysis import (
    Analysis,
    AnalysisWarning,
    Evidence,
    HeardPhone,
    Measures,
    Pause,
    Phone,
    Score,
    Scores,
    Word,
)
from shared.domain.documents import to_document
from shared.domain.transcription import Transcriber

TEXT = (
    "It was the best of times, it was the worst of times, it was the age of wisdom, "
    "it was the age of foolishness."
)
ANSWER = (
    "I chose nursing because I like people and I want to help them when they need it most, "
    "even on long nights."
)
FLUENT = Measures(
    speech_rate_wpm=132.0,
    speech_rate_syll_per_min=190.1,
    articulation_rate_syll_per_s=4.1,
    phonation_time_ratio=0.82,
    pauses_per_min=6.2,
    mean_pause_s=0.41,
    mean_length_of_run_syll=9.3,
    filled_pauses_per_min=0.0,
    repetitions_per_100_words=0.0,
    pitch_range_st=7.9,
    loudness_variation_db=4.2,
    level_dbfs=-21.0,
    snr_db=31.0,
)
_WORD_S = 0.3


def speech(
    line: str = ANSWER,
    *,
    results: Mapping[int, str] | None = None,
    pauses: Mapping[int, tuple[float, bool]] | None = None,
    measures: Measures = FLUENT,
    scores: Scores | None = None,
    warnings: Sequence[str] = (),
    not_scorable_reason: str | None = None,
) -> Analysis:
    """Free speech: `pauses` maps a word's index to (seconds, within clause) right after it."""
    words, found, now = [], [], 0.2
    tokens = line.split()
    for index, token in enumerate(tokens):
        result = (results or {}).get(index)
        words.append(Word(token, now, now + _WORD_S, 0.9, result=result))
        now = round(now + _WORD_S, 2)
        if index in (pauses or {}):
            seconds, within = pauses[index]
            follower = tokens[index + 1]
            found.append(Pause(now, round(now + seconds, 2), seconds, token, follower, within))
            now = round(now + seconds, 2)
    return Analysis(
        scorer_version="1+test",
        transcriber=Transcriber("whisper-base", "test"),
        language="en",
        transcript=line,
        words=tuple(words),
        pauses=tuple(found),
        measures=measures,
        scores=scores if scores is not None else SCORES,
        warnings=tuple(AnalysisWarning(code, f"The recording is {code}.") for code in warnings),
        not_scorable_reason=not_scorable_reason,
    )


def reading(
    text: str = TEXT,
    *,
    said: Mapping[int, str] | None = None,
    omitted: Sequence[int] = (),
    inserted: Mapping[int, str] | None = None,
    unsure: Sequence[int] = (),
    **rest: Any,
) -> Analysis:
    """A reading of `text`: `said` misreads words, `inserted` adds one before an index."""
    spoken = speech(text, **rest)
    words: list[Word] = []
    for index, word in enumerate(spoken.words):
        if extra := (inserted or {}).get(index):
            words.append(replace(word, text=extra, result="inserted"))
        words.append(
            replace(_read(word, index, said or {}, omitted, unsure), reference_index=index)
        )
    return replace(spoken, words=tuple(words))


def _read(
    word: Word, index: int, said: Mapping[int, str], omitted: Sequence[int], unsure: Sequence[int]
) -> Word:
    if index in omitted:
        return Word(word.text, result="omitted")
    if heard := said.get(index):
        confidence = 0.3 if index in unsure else 0.9
        return replace(word, heard=heard, result="substituted", confidence=confidence)
    return replace(word, result=word.result or "correct")


def with_poor_phone(analysis: Analysis, index: int, *, not_sure: bool | None = None) -> Analysis:
    """The word at `index` with its first sound /θ/ close to /s/."""
    words = list(analysis.words)
    poor = Phone("TH", "θ", 1.0, 1.1, 38, (HeardPhone("S", "s", 0.81),), not_sure)
    fine = Phone("AO", "ɔː", 1.1, 1.2, 92)
    words[index] = replace(
        words[index], result="mispronounced", score=61, level="worth_checking", phones=(poor, fine)
    )
    return replace(analysis, words=tuple(words))


def score(value: int, measure: str, amount: float) -> Score:
    return Score(value, "high", (Evidence(amount, measure=measure),))


SCORES = Scores(
    overall=score(78, "fluency", 81),
    fluency=score(81, "articulation_rate_syll_per_s", 4.1),
    prosody=score(74, "pitch_range_st", 7.9),
)


def inputs(analysis: Analysis, kind: str = "read_aloud") -> dict[str, Any]:
    """The inputs of the task `feedback` as feedback_writer sends them."""
    text = " ".join(w.text for w in analysis.words if w.reference_index is not None)
    prompt = {"text": text} if kind == "read_aloud" else {"question": "Why did you choose this?"}
    return {
        "kind": kind,
        "language": "en",
        "prompt": {"language": "en", **prompt},
        "analysis": to_document(analysis),
    }
