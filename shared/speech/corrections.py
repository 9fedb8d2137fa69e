"""Self-corrections: a speaker breaks off, says so, and says it better."""

from collections.abc import Sequence
from typing import Final

from shared.speech.text import TextWord

# Phrases that only ever announce a correction; the others need words taken up again.
_SURE: Final = (
    ("no", "i", "mean"),
    ("sorry", "i", "mean"),
    ("no", "sorry"),
    ("sorry", "no"),
    ("or", "rather"),
    ("i", "meant"),
)
_POSSIBLE: Final = (("i", "mean"), ("no",), ("sorry",), ("no", "no"), ("wait",), ("no", "wait"))
_NO_EDIT_AFTER: Final = frozenset({"am", "are", "feel", "i'm", "is", "so", "was", "we're", "were"})
_TAKEN_UP_FROM: Final = 4
_TAKEN_UP_WITHIN: Final = 3


def count_self_corrections(words: Sequence[TextWord]) -> int:
    """Times an editing phrase ("I mean", "no", "sorry") is followed by a new start.

    W. Levelt (1983), Cognition 14: the repair takes up a word from shortly before the phrase ("in
    the, no, on the table"), unless the phrase says no other thing ("or rather", "no, sorry").
    The phrase stands within a sentence, apart from the word before it by a mark, or begins one
    ("on Monday. No, sorry, on Tuesday"), where only a sure phrase with a word taken up again
    counts. So an answer ("No, I did not") and an apology ("I am sorry") are none; a correction
    without an editing phrase is not found.
    """
    said = [word for word in words if not word.is_filler]
    found, at = 0, 1
    while at < len(said):
        length = _editing_phrase(said, at)
        found += length > 0
        at += length or 1
    return found


def _editing_phrase(words: Sequence[TextWord], at: int) -> int:
    """How many words of an editing phrase begin at `at`; 0 when none does."""
    before = words[at - 1]
    if before.spoken[0] in _NO_EDIT_AFTER:
        return 0
    for phrase in sorted(_SURE + _POSSIBLE, key=len, reverse=True):
        end = at + len(phrase)
        if end >= len(words) or tuple(word.spoken[0] for word in words[at:end]) != phrase:
            continue
        if before.ends_sentence or words[end - 1].ends_sentence:
            if phrase in _SURE and _is_taken_up(words, at, end):
                return len(phrase)
            continue
        if phrase in _SURE and (before.ends_clause or phrase == ("or", "rather")):
            return len(phrase)
        if phrase in _POSSIBLE and before.ends_clause and _is_taken_up(words, at, end):
            return len(phrase)
    return 0


def _is_taken_up(words: Sequence[TextWord], start: int, end: int) -> bool:
    earlier = {word.spoken for word in words[max(0, start - _TAKEN_UP_FROM) : start]}
    return any(word.spoken in earlier for word in words[end : end + _TAKEN_UP_WITHIN])
