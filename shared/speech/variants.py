"""What may be said for a phone without being wrong: accents."""

from typing import Final

LEFT_OUT: Final = ""  # in place of a phone
# Both are right in some accent or style of English, so neither is heard as an error for the other.
ACCEPTED: Final = tuple(
    frozenset(pair)
    for pair in (
        ("AA", "AO"),
        ("AA", "AH"),
        ("AA", "AE"),
        ("AO", "OW"),
        ("AH", "IH"),
        ("AH", "UH"),
        ("AH", "ER"),
        ("AH", "EH"),
        ("UH", "UW"),
        ("T", "D"),
        ("ER", "R"),
    )
)


def is_accepted(expected: str, heard: str) -> bool:
    return heard == expected or frozenset((expected, heard)) in ACCEPTED
