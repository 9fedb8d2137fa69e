"""Sounds that are off again and again: what one word hints at, several words show.

A word shows a phone at fault when the word is not clear and the phone was heard as another, or
scored low, unless that is a contrast which the engine hears badly. The phone recurs when enough
words, not all the same one, show it, and the lower bound of their share lies above what native
speakers show.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.domain.analysis import HeardPhone, Phone, RecurringPhone, Word

# Of learners' phones at fault by this rule experts marked 81 % down, of all phones 11 %.
FAULT_BELOW: Final = 70
MIN_WORDS_AT_FAULT: Final = 3
MIN_DIFFERENT_WORDS: Final = 2
# In 39 native readings 1.6 % of words show a phone at fault: TH in 3 of 24, others below 7 %.
NATIVE_SHARE: Final = 0.1
_Z: Final = 1.96  # the two-sided 95 % interval
_EXAMPLES: Final = 5
_EDGES: Final = ".,;:!?()[]\"'“”‘’"  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class Example:
    """A word at fault: `word` is its index in the words of that attempt's analysis."""

    attempt_id: str
    word: int
    text: str


@dataclass(frozen=True, slots=True)
class PhoneOverAttempts:
    """A phone that recurs over several readings; `examples` are from the latest, at most five."""

    phone: str
    ipa: str
    words_at_fault: int
    words_with_phone: int
    examples: tuple[Example, ...]
    heard_as: HeardPhone | None = None


@dataclass(slots=True)
class _Tally:
    """The words with one phone, and the places of those at fault."""

    ipa: str
    words: int = 0
    at_fault: list[Example] = field(default_factory=list)
    heard: list[HeardPhone] = field(default_factory=list)

    @property
    def lower_bound(self) -> float:
        return wilson_lower(len(self.at_fault), self.words)

    @property
    def recurs(self) -> bool:
        different = {place.text.strip(_EDGES).casefold() for place in self.at_fault}
        return (
            len(self.at_fault) >= MIN_WORDS_AT_FAULT
            and len(different) >= MIN_DIFFERENT_WORDS
            and self.lower_bound > NATIVE_SHARE
        )

    @property
    def heard_as(self) -> HeardPhone | None:
        """The other sound that more than half of the words at fault were heard as."""
        counts = Counter((heard.phone, heard.ipa) for heard in self.heard)
        for (phone, ipa), count in counts.most_common(1):
            share = count / len(self.at_fault)
            if share > 1 / 2:
                return HeardPhone(phone, ipa, round(share, 2))
        return None


def recurring_phones(words: Sequence[Word]) -> tuple[RecurringPhone, ...]:
    """Of one reading, the surest first; words without a level do not count."""
    return tuple(
        RecurringPhone(
            phone=phone,
            ipa=tally.ipa,
            words_at_fault=len(tally.at_fault),
            words_with_phone=tally.words,
            words=tuple(place.word for place in tally.at_fault),
            heard_as=tally.heard_as,
        )
        for phone, tally in _recurring([("", words)])
    )


def recurring_over_attempts(
    attempts: Iterable[tuple[str, Sequence[Word]]],
) -> tuple[PhoneOverAttempts, ...]:
    """Of several readings (attempt id and words, the latest first), the surest first."""
    return tuple(
        PhoneOverAttempts(
            phone=phone,
            ipa=tally.ipa,
            words_at_fault=len(tally.at_fault),
            words_with_phone=tally.words,
            examples=tuple(tally.at_fault[:_EXAMPLES]),
            heard_as=tally.heard_as,
        )
        for phone, tally in _recurring(attempts)
    )


def wilson_lower(count: int, total: int) -> float:
    """The lower end of the 95 % interval of a share `count / total`, 0 to 1.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 1927.
    """
    if not count:
        return 0.0
    share, z2 = count / total, _Z * _Z
    spread = _Z * math.sqrt(share * (1 - share) / total + z2 / (4 * total * total))
    return max(0.0, (share + z2 / (2 * total) - spread) / (1 + z2 / total))


def _recurring(attempts: Iterable[tuple[str, Sequence[Word]]]) -> list[tuple[str, _Tally]]:
    tallies: dict[str, _Tally] = {}
    for attempt_id, words in attempts:
        for index, word in enumerate(words):
            if word.level is not None:
                _count(tallies, word, Example(attempt_id, index, word.text))
    found = [(phone, tally) for phone, tally in tallies.items() if tally.recurs]
    return sorted(found, key=lambda item: (-item[1].lower_bound, item[0]))


def _count(tallies: dict[str, _Tally], word: Word, place: Example) -> None:
    """A phone counts once a word, however often it is in it."""
    seen, faulty = set(), set()
    for phone in word.phones or ():
        tally = tallies.setdefault(phone.phone, _Tally(phone.ipa))
        if phone.phone not in seen:
            seen.add(phone.phone)
            tally.words += 1
        if phone.phone not in faulty and _is_at_fault(word, phone):
            faulty.add(phone.phone)
            tally.at_fault.append(place)
            tally.heard += phone.heard_as[:1]


def _is_at_fault(word: Word, phone: Phone) -> bool:
    if word.level == "clear" or phone.not_sure:
        return False
    if phone.heard_as:
        return True
    return phone.score is not None and phone.score < FAULT_BELOW
