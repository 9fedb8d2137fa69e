"""How far words are from what is right."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.accuracy.recognised_words import edits


@dataclass(slots=True)
class ErrorRates:
    """Of phones and of words, against the accepted way that is nearest."""

    words: int = 0
    wrong_words: int = 0
    phones: int = 0
    wrong_phones: int = 0

    def count(self, ways: Sequence[Sequence[str]], accepted: Sequence[Sequence[str]]) -> None:
        """The best of `ways`; none is a word of no phones."""
        wrong, phones = min(
            (edits(way, right), len(right)) for way in ways or [()] for right in accepted
        )
        self.words += 1
        self.wrong_words += wrong > 0
        self.phones += phones
        self.wrong_phones += wrong

    def __str__(self) -> str:
        phones, words = self.wrong_phones / self.phones, self.wrong_words / self.words
        return f"{phones:.1%} of phones, {words:.1%} of words wrong"
