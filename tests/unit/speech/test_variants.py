import pytest

from shared.speech.variants import is_accepted


@pytest.mark.parametrize(("one", "other"), [("AA", "AO"), ("T", "D"), ("ER", "AH")])
def test_accents_are_no_errors(one, other):
    assert is_accepted(one, other)
    assert is_accepted(other, one)
    assert is_accepted(one, one)


@pytest.mark.parametrize(("one", "other"), [("R", "L"), ("TH", "S"), ("V", "W"), ("IY", "IH")])
def test_errors_are_not_accents(one, other):
    assert not is_accepted(one, other)
