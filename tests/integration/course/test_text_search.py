"""Search by the rules of each course's language, in a database with the locale C."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from shared.domain.course import CourseContent, Lesson, Unit
from shared.domain.prompts import FreeSpeech
from shared.repositories.courses import catalogue, records
from shared.repositories.courses.records import Course

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def content(title: str, language: str, question: str = "?", summary: str | None = None):
    prompt = FreeSpeech(id="p", title="?", question=question)
    lesson = Lesson(id="l", title="?", prompts=(prompt,))
    unit = Unit(id="u", title="?", lessons=(lesson,))
    return CourseContent(title=title, language=language, summary=summary, units=(unit,))


@pytest.fixture
def found(course_database: sa.Engine):
    """What a search finds among courses of these contents, by title."""

    def search(words: str, *contents: CourseContent, language: str | None = None) -> list[str]:
        with course_database.begin() as connection:
            for number, each in enumerate(contents):
                course_id = f"01932f70-0000-7c1d-9e2f-{number:012d}"
                course = Course(course_id, "tom", "published", 1, 1, NOW, NOW, NOW)
                records.add(connection, course, each)
                catalogue.write_summary(connection, course_id, "published", each, NOW)
            page = catalogue.page(
                connection,
                owner_id=None,
                search=words,
                language=language,
                level=None,
                after=None,
                limit=10,
            )
            return [listed.summary["title"] for listed in page]

    return search


def test_the_database_has_the_locale_c(course_database: sa.Engine) -> None:
    query = "SELECT datcollate FROM pg_database WHERE datname = current_database()"
    with course_database.begin() as connection:
        assert connection.execute(sa.text(query)).scalar_one() == "C"


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        ("en", "Consultations for nurses", "nursing consultation"),
        ("en-GB", "Consultations for nurses", "NURSE"),
        ("de", "Gespräche in Krankenhäusern", "gespräch krankenhaus"),
        ("de", "ÜBUNGEN für Anfänger", "übung"),
        ("de", "Übungen", "ÜBUNG"),
        ("fr", "Les entretiens d'embauche", "entretien"),
        ("ru", "Разговоры на работе", "РАЗГОВОР"),
        ("tlh", "tlhIngan Hol", "tlhingan"),
    ],
)
def test_words_are_stemmed_by_their_language(found, language, title, words) -> None:
    assert found(words, content(title, language)) == [title]


def test_each_course_is_read_by_its_own_rules(found) -> None:
    german, english = content("Die Gäste", "de"), content("Die Hard", "en")
    # In German "die" is an article and no word to search for.
    assert found("die", german, english) == ["Die Hard"]


def test_a_title_outweighs_many_mentions(found) -> None:
    often = content("Often", "en", question="Interview " * 40)
    summary = content("Summarised", "en", summary="An interview")
    assert found("interviews", often, content("Interview", "en"), summary) == [
        "Interview",
        "Summarised",
        "Often",
    ]


def test_a_language_includes_its_regions(found) -> None:
    courses = [content("A talk", language) for language in ("en", "en-GB", "de", "eng")]
    assert len(found("talk", *courses, language="en")) == 2


def test_a_course_of_a_megabyte_can_be_searched(found) -> None:
    words = " ".join(f"w{number}" for number in range(150_000))
    assert found("w7", content("Long", "en", question=words)) == ["Long"]
