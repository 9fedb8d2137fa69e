"""Contrasts of sounds that the engine hears too badly to accuse anybody of them."""

from typing import Final

NOT_HEARD: Final = "SIL"  # ARPAbet's silence, for a phone that was left out
# Expected, heard instead. To those that no instrument hears well the scorer's calibration adds what
# it found badly itself: docs/accuracy.md has the figures.
WEAK_CONTRASTS: Final = frozenset(
    {("AE", "EH"), ("EH", "AE"), ("NG", "N"), ("D", "T"), ("T", NOT_HEARD), ("D", NOT_HEARD)}
    | {("AO", "OW"), ("CH", "JH"), ("IH", "IY"), ("IY", "EY"), ("N", "NG"), ("S", "Z")}
    | {("UH", "UW")}
)
