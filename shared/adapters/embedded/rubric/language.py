"""Grammar and vocabulary, as far as the analysis found anything sure."""

from collections.abc import Iterator
from typing import Final

from shared.adapters.embedded.rubric.subject import (
    MAX_QUOTED,
    Subject,
    WeightedImprovement,
    WeightedStrength,
    listed,
    quoted,
)
from shared.domain.analysis import LanguageFinding
from shared.domain.feedback import Improvement, PointEvidence, Strength

_FEWEST_TELLING: Final = 3
_MOST_FINDINGS: Final = 2


def improvements(subject: Subject) -> Iterator[WeightedImprovement]:
    """One about grammar, of the first findings."""
    found = (subject.analysis.language_findings or ())[:_MOST_FINDINGS]
    if not found:
        return
    yield WeightedImprovement(
        min(0.8, 0.45 + 0.1 * len(found)),
        "the grammar of a few phrases",
        Improvement(
            " ".join(_told(subject, finding) for finding in found),
            tuple(PointEvidence(words=finding.words) for finding in found),
            "Say each of these phrases again in its right form, then make two new sentences "
            "of your own with it.",
        ),
    )


def strengths(subject: Subject) -> Iterator[WeightedStrength]:
    """Words beyond the everyday ones, where there are some."""
    vocabulary = subject.analysis.vocabulary
    if vocabulary is None or len(vocabulary.b2_plus_words) < _FEWEST_TELLING:
        return
    shown = vocabulary.b2_plus_words[:MAX_QUOTED]
    named = listed([subject.quote([index]) for index in shown])
    evidence = PointEvidence(words=shown)
    yield WeightedStrength(
        0.72, Strength(f"You used words beyond the everyday ones, such as {named}.", (evidence,))
    )


def _told(subject: Subject, finding: LanguageFinding) -> str:
    heard = f"We heard {subject.quote(finding.words)}"
    if finding.suggestion is not None:
        heard += f"; say {quoted(finding.suggestion)}"
    return f"{heard}. {finding.message}"
