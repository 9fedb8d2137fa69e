"""Words of a Speech-to-Text answer, in the form every recogniser gives them."""

from collections.abc import Iterable
from typing import Final

from google.cloud.speech_v2.types.cloud_speech import SpeechRecognitionResult, WordInfo

from shared.domain.transcription import HeardWord

_RESOLUTION_S: Final = 0.02


class TimesMissing(Exception):
    """Words were recognised, and not all of them have times."""


def heard_words(
    results: Iterable[SpeechRecognitionResult], length_s: float
) -> tuple[HeardWord, ...]:
    """The words in order, within `length_s`, none before the end of the one before it.

    Offsets come in steps of up to 0.1 s, so that short words may begin and end at once; they get
    0.02 s. Raises `TimesMissing`.
    """
    words: list[HeardWord] = []
    for info in _infos(results):
        text = _text(info.word)
        if not text:
            continue
        start, end = _times(info, first=not words)
        start = min(max(start, words[-1].end_s if words else 0.0), length_s)
        end = min(max(end, start + _RESOLUTION_S), length_s)
        # 0.0 stands for "not set".
        confidence = round(info.confidence, 3) or None
        words.append(HeardWord(text, round(start, 3), round(end, 3), confidence))
    return tuple(words)


def _infos(results: Iterable[SpeechRecognitionResult]) -> Iterable[WordInfo]:
    for result in results:
        if not result.alternatives:  # the mark of an utterance's end
            continue
        best = result.alternatives[0]
        if best.transcript.strip() and not best.words:
            raise TimesMissing
        yield from best.words


def _text(word: str) -> str:
    """One token: a word has no spaces, and punctuation alone is none."""
    return "-".join(word.split()) if any(map(str.isalnum, word)) else ""


def _times(info: WordInfo, *, first: bool) -> tuple[float, float]:
    """An offset of 0 may be left out, which only the first word's start can be."""
    if "end_offset" not in info or not (first or "start_offset" in info):
        raise TimesMissing
    return info.start_offset.total_seconds(), info.end_offset.total_seconds()
