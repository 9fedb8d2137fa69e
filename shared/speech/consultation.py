"""Countable indicators of a two-party consultation, from its timed words.

Counts and the words they point to, no judgement: whoever reads them judges. Only phrases of
English are known; plain language against jargon is left to the reader.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from shared.domain.consultation import Consultation, Indicator, Move, Turn
from shared.domain.transcription import HeardWord

MIN_OVERLAP_S: Final = 0.3
MIN_TAKEOVER_WORDS: Final = 3
_SENTENCE_END: Final = re.compile(r"[.?!]\W*$")
_ELLIPSIS: Final = re.compile(r"(?:\.\.\.|…)\W*$")
_NOT_IN_PHRASES: Final = re.compile(r"[^\w', ]+")
_OPENERS: Final = re.compile(r"(?:(?:and|but|so|okay|ok|well|right|now|alright),? )+")
_FOUND_ANYWHERE: Final[tuple[Move, ...]] = ("signpost", "understanding_check", "summary")
_PHRASES: Final = Path(__file__).with_name("consultation_phrases.json")


def observe(turns: Sequence[Turn], speaker: str) -> Consultation:
    """The indicators of `speaker` in a conversation of two, its turns in the order they begin.

    Raises `ValueError` when `speaker` says nothing or more than two speak.
    """
    own = [turn for turn in turns if turn.speaker == speaker]
    if not own or len({turn.speaker for turn in turns}) > 2:  # noqa: PLR2004
        raise ValueError("A consultation has two parties, and the one observed speaks.")
    spoken = [(turn, sum(word.end_s - word.start_s for word in turn.words)) for turn in turns]
    total = sum(seconds for _, seconds in spoken)
    share = sum(seconds for turn, seconds in spoken if turn.speaker == speaker) / max(total, 1e-9)
    found = [
        indicator
        for number, turn in enumerate(turns)
        if turn.speaker == speaker
        for indicator in (*_interruptions(turns, number), *_moves(turn, number))
    ]
    return Consultation(
        speaker=speaker,
        talk_share=round(share, 3),
        turns=len(own),
        longest_turn_s=round(max(turn.end_s - turn.start_s for turn in own), 2),
        overlap_s=round(_overlap_s(turns, speaker), 2),
        indicators=tuple(found),
    )


def _interruptions(turns: Sequence[Turn], number: int) -> Iterator[Indicator]:
    """A turn begun in the other's sentence, over their voice, that takes the floor.

    At least 0.3 s together and three words, so that "mm-hm" and the usual early start at the end
    of a sentence are none.
    """
    turn = turns[number]
    if len(turn.words) < MIN_TAKEOVER_WORDS:
        return
    for other in turns[:number]:
        if other.speaker == turn.speaker or other.end_s - turn.start_s < MIN_OVERLAP_S:
            continue
        cut_off = [word for word in other.words if word.end_s > turn.start_s]
        finished = _SENTENCE_END.search(other.words[-1].text) and len(cut_off) <= 1
        if not finished and turn.end_s >= other.end_s:
            yield Indicator("interruption", number, 0, MIN_TAKEOVER_WORDS - 1)
            return


def _overlap_s(turns: Sequence[Turn], speaker: str) -> float:
    own = _voiced(turn for turn in turns if turn.speaker == speaker)
    theirs = _voiced(turn for turn in turns if turn.speaker != speaker)
    total, mine, other = 0.0, 0, 0
    while mine < len(own) and other < len(theirs):
        (start, end), (their_start, their_end) = own[mine], theirs[other]
        total += max(0.0, min(end, their_end) - max(start, their_start))
        if end < their_end:
            mine += 1
        else:
            other += 1
    return total


def _voiced(turns: Iterable[Turn]) -> list[tuple[float, float]]:
    """The stretches with words, apart from each other and in order."""
    found: list[tuple[float, float]] = []
    for start, end in sorted((word.start_s, word.end_s) for turn in turns for word in turn.words):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _moves(turn: Turn, number: int) -> Iterator[Indicator]:
    for first, last in _sentences(turn.words):
        words = [word.text for word in turn.words[first : last + 1]]
        text, starts = _plain(words)
        marked = False
        for move in _FOUND_ANYWHERE:
            if match := _phrases()[move].search(text):
                marked |= move == "understanding_check"
                begin, end = _words_of(match, starts)
                yield Indicator(move, number, first + begin, first + end)
        # A check of understanding has the form of a closed question, and is not one of them.
        question = None if marked else _question(words, text)
        if question:
            yield Indicator(question, number, first, last)


def _sentences(words: Sequence[HeardWord]) -> Iterator[tuple[int, int]]:
    first = 0
    for index, word in enumerate(words):
        ends = _SENTENCE_END.search(word.text) and not _ELLIPSIS.search(word.text)
        if ends or index == len(words) - 1:
            yield first, index
            first = index + 1


def _plain(words: Sequence[str]) -> tuple[str, list[int]]:
    """The words in lower case, commas kept, and where in the text each begins."""
    text, starts = "", []
    for word in words:
        starts.append(len(text))
        text += _NOT_IN_PHRASES.sub("", word.casefold().replace("’", "'")) + " "  # noqa: RUF001
    return text.rstrip(), starts


def _words_of(match: re.Match[str], starts: Sequence[int]) -> tuple[int, int]:
    inside = [index for index, start in enumerate(starts) if match.start() <= start < match.end()]
    return inside[0], inside[-1]


def _question(words: Sequence[str], text: str) -> Move | None:
    """By its first words and its mark; "tell me about …" asks without a mark."""
    start, phrases = _OPENERS.sub("", text, count=1), _phrases()
    if phrases["invitation"].match(start):
        return "open_question"
    if "?" not in words[-1]:
        return None
    if phrases["open_question"].match(start):
        return "open_question"
    return "closed_question" if phrases["closed_question"].match(start) else None


@cache
def _phrases() -> Mapping[str, re.Pattern[str]]:
    """By the kind of `consultation_phrases.json`, each a pattern of whole words."""
    data = json.loads(_PHRASES.read_text(encoding="utf-8"))
    kinds = {kind: phrases for kind, phrases in data.items() if isinstance(phrases, list)}
    return {kind: re.compile(rf"\b(?:{'|'.join(each)})\b") for kind, each in kinds.items()}
