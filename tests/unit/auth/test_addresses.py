"""Which spellings are one address, and which are different people."""

import pytest

from run_services.auth.addresses import email_key, normalised


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Eve@Example.COM", "eve@example.com", True),
        ("J\u00fcrgen@example.com", "ju\u0308rgen@example.com", True),
        ("eve@stra\u00dfe.example", "eve@strasse.example", False),
        ("eve@xn--strae-oqa.example", "eve@strasse.example", False),
        ("eve@xn--strae-oqa.example", "eve@stra\u00dfe.example", True),
        ("gro\u00df@example.com", "gross@example.com", False),
        ("\u017fam@example.com", "sam@example.com", False),
        ("\u03c3\u03c2@example.com", "\u03c3\u03c3@example.com", False),
    ],
)
def test_only_case_and_composition_are_ignored(one: str, other: str, same: bool) -> None:
    assert (email_key(normalised(one)) == email_key(normalised(other))) == same
