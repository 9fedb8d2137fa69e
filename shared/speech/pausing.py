"""How long the silent pauses are, and where in the sentence."""

from collections.abc import Sequence
from typing import Final

from shared.domain.analysis import Pause

LONG_PAUSE_S: Final = 0.5
VERY_LONG_PAUSE_S: Final = 1.0


def long_pauses_per_word(pauses: Sequence[Pause], words: int) -> float | None:
    """n(p >= 0.5 s) / W; None without words.

    The feature "longpfreq" of K. Zechner et al. (2009), Speech Communication 51.
    """
    return _at_least(LONG_PAUSE_S, pauses) / words if words else None


def very_long_pauses(pauses: Sequence[Pause]) -> int:
    """n(p >= 1 s): silences that a listener notices as a stop, beside `long_pauses_per_word`."""
    return _at_least(VERY_LONG_PAUSE_S, pauses)


def mid_clause_pause_share(pauses: Sequence[Pause]) -> float | None:
    """Pauses within a clause / pauses whose place is known, 0 to 1; None without any.

    Where learners pause tells more of their level than how often (P. Tavakoli 2011, ELT Journal
    65; J. Kahng 2014, Language Learning 64).
    """
    known = [pause.within_clause for pause in pauses if pause.within_clause is not None]
    return sum(known) / len(known) if known else None


def _at_least(seconds: float, pauses: Sequence[Pause]) -> int:
    return sum(pause.duration_s >= seconds for pause in pauses)
