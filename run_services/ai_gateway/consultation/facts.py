"""What feedback on a consultation may refer to: its turns, and the figures that were counted."""

from collections.abc import Iterable, Sequence
from typing import Final

from run_services.ai_gateway.grounding import Cited, existing, figures_in, rounded
from shared.domain.consultation import Consultation, Turn
from shared.domain.feedback import PointEvidence

_PERCENT: Final = 100.0


class ConsultationFacts:
    """`texts` are further texts whose figures may be repeated."""

    def __init__(
        self, consultation: Consultation, turns: Sequence[Turn], texts: Iterable[str] = ()
    ) -> None:
        self._figures = consultation.figures()
        self._turns = len(turns)
        share = _PERCENT * consultation.talk_share
        quotable = rounded([*self._figures.values(), share, _PERCENT - share, _PERCENT])
        spoken = [word.text for turn in turns for word in turn.words]
        self._quotable = quotable | figures_in(" ".join([*spoken, *texts]))

    def evidence(self, cited: Cited) -> PointEvidence | None:
        turns = existing(cited.turns, self._turns)
        measure = cited.measure if cited.measure in self._figures else None
        return PointEvidence(turns=turns or None, measure=measure) if turns or measure else None

    def invents(self, text: str) -> bool:
        return not figures_in(text) <= self._quotable
