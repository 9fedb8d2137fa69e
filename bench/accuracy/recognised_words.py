"""Word error rate."""

from collections.abc import Sequence

from shared.speech.spelling import canonical_spelling
from shared.speech.text import words_of


def tokens(text: str) -> list[str]:
    """Words in the form they are said, in one spelling, fillers left out."""
    words = [word for word in words_of(text, "en") if not word.is_filler]
    return [canonical_spelling(unit) for word in words for unit in word.spoken]


def edits(said: Sequence[str], heard: Sequence[str]) -> int:
    """Substitutions, deletions and insertions from one to the other (Levenshtein 1966)."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            change = before + (word != other)
            before, row[j] = row[j], min(change, row[j] + 1, row[j - 1] + 1)
    return row[-1]


def word_error_rate(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Edits per word said, over all (said, heard); None without a word said."""
    taken = [(tokens(said), tokens(heard)) for said, heard in pairs]
    words = sum(len(said) for said, _ in taken)
    return sum(edits(said, heard) for said, heard in taken) / words if words else None
