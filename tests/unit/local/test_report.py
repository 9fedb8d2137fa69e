"""What `python -m local analyze` shows of sounds that recur and of grammar."""

from local.report import analysis_lines
from shared.domain.analysis import HeardPhone, LanguageFinding, RecurringPhone
from shared.domain.documents import to_document
from tests.fakes import analyses


def shown(*phones: RecurringPhone) -> str:
    document = to_document(analyses.reading()) | {"recurring_phones": to_document(phones)}
    return "\n".join(analysis_lines(document))


def test_a_sound_that_recurs_is_shown_with_what_it_was_heard_as() -> None:
    heard = RecurringPhone("R", "ɹ", 3, 5, (0, 2, 4), HeardPhone("L", "l", 1.0))
    unnamed = RecurringPhone("TH", "θ", 4, 6, (1, 2, 3, 5))
    text = shown(heard, unnamed)
    assert "Sounds that recur\n  /ɹ/ in 3 of 5 words, mostly heard as /l/\n" in text
    assert "  /θ/ in 4 of 6 words\n" in text


def test_nothing_is_said_where_none_recurs() -> None:
    assert "recur" not in shown()
    assert "recur" not in "\n".join(analysis_lines(to_document(analyses.speech())))


def test_likely_errors_of_grammar_are_shown_with_what_to_say() -> None:
    put_right = LanguageFinding((0, 1), "be_agree", "It needs no verb beside it.", "I chose")
    named = LanguageFinding((2,), "age", "English says it with another verb.")
    document = to_document(analyses.speech())
    document["language_findings"] = to_document((put_right, named))
    text = "\n".join(analysis_lines(document))
    assert "Grammar worth checking\n  “I chose” → “I chose”   It needs no verb beside it.\n" in text
    assert "  “nursing”   English says it with another verb.\n" in text
    assert "Grammar" not in shown()
