"""Contrasts of sounds that the engine hears too badly to accuse anybody of them."""

from typing import Final

from shared.speech.variants import LEFT_OUT

# Expected, heard instead. To those that no instrument hears well the scorer's calibration adds what
# it found badly itself: docs/accuracy.md has the figures.
WEAK_CONTRASTS: Final = frozenset(
    {("AE", "EH"), ("EH", "AE"), ("NG", "N"), ("D", "T"), ("T", LEFT_OUT), ("D", LEFT_OUT)}
    | {("AO", "OW"), ("CH", "JH"), ("IH", "IY"), ("IY", "EY"), ("N", "NG"), ("S", "Z")}
    | {("UH", "UW")}
)


def is_weak(expected: str, heard: str) -> bool:
    """Of two ARPAbet phones, `heard` "" for none."""
    return (expected, heard) in WEAK_CONTRASTS
