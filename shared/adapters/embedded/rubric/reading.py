"""Where a reading departs from its text: words misread, left out, added, started again."""

from collections.abc import Iterator, Sequence

from shared.adapters.embedded.rubric.subject import (
    MAX_QUOTED,
    Subject,
    WeightedImprovement,
    listed,
    quoted,
)
from shared.domain.analysis import HeardPhone
from shared.domain.feedback import Improvement, PointEvidence

_UNSURE = 0.5


def improvements(subject: Subject) -> Iterator[WeightedImprovement]:
    """One improvement for each way in which the reading departs from the text."""
    if subject.warned("different_text"):
        yield from _other_text(subject)
        return
    yield from _misread(subject)
    yield from _left_out(subject)
    yield from _added(subject)
    yield from _recurring_sound(subject) if subject.analysis.recurring_phones else _sounds(subject)
    yield from _started_again(subject)


def _weight(subject: Subject, indices: Sequence[int], least: float) -> float:
    expected = len(subject.reference) or len(subject.spoken) or 1
    return min(0.95, least + 3 * len(indices) / expected)


def _other_text(subject: Subject) -> Iterator[WeightedImprovement]:
    shown = subject.reference[:6]
    if not shown:
        return
    yield WeightedImprovement(
        1.0,
        "reading the text that is shown",
        Improvement(
            "What we heard is mostly not the text of this exercise.",
            (PointEvidence(words=tuple(shown)),),
            f"Open the text again, check that it begins {subject.quote(shown)}, and record it "
            "from the first word to the last.",
        ),
    )


def _misread(subject: Subject) -> Iterator[WeightedImprovement]:
    indices = subject.having("substituted")
    if not indices:
        return
    shown = indices[:MAX_QUOTED]
    readings = [
        f"{subject.quote([i])} as {quoted(heard)}" if (heard := subject.words[i].heard) else ""
        for i in shown
    ]
    named = [
        reading or f"{subject.quote([i])} as something else"
        for i, reading in zip(shown, readings, strict=True)
    ]
    point = f"You read {listed(named)}{_more(len(indices) - len(shown))}."
    confidences = [subject.words[i].confidence for i in shown]
    if any(c is not None and c < _UNSURE for c in confidences):
        point += " We are not sure that we heard this right, so listen for it yourself."
    first = shown[0]
    yield WeightedImprovement(
        _weight(subject, indices, 0.4),
        f"the word {subject.quote([first])}",
        Improvement(
            point,
            tuple(PointEvidence(words=(i,)) for i in shown),
            f"Say {subject.quote([first])} slowly three times, then read "
            f"{subject.context(first)} in one breath.",
        ),
    )


def _left_out(subject: Subject) -> Iterator[WeightedImprovement]:
    indices = subject.having("omitted")
    if not indices:
        return
    shown = subject.runs(indices)[:MAX_QUOTED]
    missing = len(indices) - sum(len(run) for run in shown)
    named = [_ends(subject, run) for run in shown]
    yield WeightedImprovement(
        _weight(subject, indices, 0.4),
        "the words you left out",
        Improvement(
            f"You left out {listed(named)}{_more(missing)}.",
            tuple(PointEvidence(words=tuple(run)) for run in shown),
            f"Put a finger under each word and read {subject.context(shown[0][0])} twice slowly, "
            "then once at your own pace.",
        ),
    )


def _ends(subject: Subject, run: Sequence[int]) -> str:
    longest = 5
    if len(run) <= longest:
        return subject.quote(run)
    return f"the words from {subject.quote(run[:2])} to {subject.quote(run[-2:])}"


def _added(subject: Subject) -> Iterator[WeightedImprovement]:
    indices = subject.having("inserted")
    if not indices or not subject.reference:
        return
    shown = subject.runs(indices)[:MAX_QUOTED]
    missing = len(indices) - sum(len(run) for run in shown)
    named = [_ends(subject, run) for run in shown]
    yield WeightedImprovement(
        _weight(subject, indices, 0.3),
        "keeping to the words of the text",
        Improvement(
            f"The text does not have {listed(named)}{_more(missing)}, which you said.",
            tuple(PointEvidence(words=tuple(run)) for run in shown),
            f"Read {subject.context(shown[0][0])} once in silence, then aloud without adding "
            "anything.",
        ),
    )


def _heard(instead: HeardPhone) -> str:
    return "was not heard" if instead.phone == "SIL" else f"came close to /{instead.ipa}/"


def _sounds(subject: Subject) -> Iterator[WeightedImprovement]:
    found = []
    for i, word in enumerate(subject.words):
        heard = [
            phone
            for phone in word.phones or ()
            if phone.heard_as and phone.score is not None and not phone.not_sure
        ]
        if heard and word.level == "worth_checking":
            found.append((i, min(heard, key=lambda p: p.score or 0)))
    if not found:
        return
    shown = found[:MAX_QUOTED]
    named = [
        f"/{phone.ipa}/ in {subject.quote([i])} {_heard(phone.heard_as[0])}" for i, phone in shown
    ]
    first, phone = shown[0]
    yield WeightedImprovement(
        _weight(subject, [i for i, _ in found], 0.35),
        f"the sound /{phone.ipa}/",
        Improvement(
            f"Some sounds are worth checking: {listed(named)}.",
            tuple(PointEvidence(words=(i,), phone=p.phone) for i, p in shown),
            f"Listen to {subject.quote([first])} in a dictionary, then say /{phone.ipa}/ alone and "
            f"in {subject.quote([first])} five times, slowly.",
        ),
    )


def _recurring_sound(subject: Subject) -> Iterator[WeightedImprovement]:
    """The surest of those that recur: it says more than single words."""
    for found in (subject.analysis.recurring_phones or ())[:1]:
        by_text = {subject.quote([i]).casefold(): i for i in reversed(found.words)}
        shown = sorted(by_text.values())[:MAX_QUOTED]
        heard = f", where it mostly {_heard(found.heard_as)}" if found.heard_as else ""
        named = [subject.quote([i]) for i in shown]
        yield WeightedImprovement(
            _weight(subject, found.words, 0.5),
            f"the sound /{found.ipa}/",
            Improvement(
                f"The sound /{found.ipa}/ was off in {found.words_at_fault} of the "
                f"{found.words_with_phone} words that have it, as in {listed(named)}{heard}.",
                tuple(PointEvidence(words=(i,), phone=found.phone) for i in shown),
                f"Listen to {named[0]} in a dictionary. Say /{found.ipa}/ alone five times, then "
                f"{listed(named)} slowly, one after the other.",
            ),
        )


def _started_again(subject: Subject) -> Iterator[WeightedImprovement]:
    indices = subject.having("repeated")
    if not indices:
        return
    shown = subject.runs(indices)[:MAX_QUOTED]
    missing = len(indices) - sum(len(run) for run in shown)
    named = [_ends(subject, run) for run in shown]
    yield WeightedImprovement(
        _weight(subject, indices, 0.2),
        "going on after a slip",
        Improvement(
            f"You said {listed(named)}{_more(missing)} again before going on.",
            tuple(PointEvidence(words=tuple(run)) for run in shown),
            "When you slip, go on to the end of the phrase. Practise with "
            f"{subject.context(shown[0][0])}: say it three times without stopping.",
        ),
    )


def _more(count: int) -> str:
    return {0: "", 1: ", and one more word"}.get(count, f", and {count} more words")
