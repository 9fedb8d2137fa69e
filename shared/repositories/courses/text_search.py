"""Full-text search over courses, each by the rules of its own language.

https://www.postgresql.org/docs/current/textsearch-controls.html. Texts and queries are put into
lower case here: PostgreSQL's own lower() knows only ASCII where the database has the locale C.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, REGCONFIG

from shared.domain.course import CourseContent
from shared.domain.prompts import CoursePrompt, ReadAloud, RolePlay

_SIMPLE = "simple"
# The configurations PostgreSQL 14 and later bring along, by ISO 639-1 code.
_CONFIGURATIONS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
# A tsvector holds at most 1 MB; what stands further behind in a very long course is not found.
_MAX_CHARACTERS = 60_000
# Of D, C, B and A: ranks add up, and one hit in the title is to outweigh hundreds in the texts.
_WEIGHTS = [0.002, 0.05, 0.4, 1.0]


def configuration(language: str) -> str:
    """The text search configuration for a BCP 47 tag."""
    return _CONFIGURATIONS.get(language.lower().partition("-")[0], _SIMPLE)


def vector(content: CourseContent) -> sa.ColumnElement[str]:
    """The course's words: title A, summary and tags B, units and lessons C, prompts' texts D."""
    headings = [text for part in content.units for text in (part.title, part.summary)]
    headings += [text for part in content.lessons() for text in (part.title, part.summary)]
    prompts = [text for _, prompt in content.placed_prompts() for text in _words(prompt)]
    introductions = [lesson.introduction for lesson in content.lessons()]
    weighted: dict[str, list[str | None]] = {
        "A": [content.title],
        "B": [content.summary, *content.tags],
        "C": headings,
        "D": [*prompts, *introductions],
    }
    rules = sa.cast(configuration(content.language), REGCONFIG)
    parts = [
        sa.func.setweight(
            sa.func.to_tsvector(rules, _joined(texts)), sa.literal_column(f"'{weight}'")
        )
        for weight, texts in weighted.items()
    ]
    return reduce(lambda left, right: left.op("||")(right), parts)


@dataclass(frozen=True, slots=True)
class Search:
    """A search for FROM: which rows its `condition` finds, and how well (`rank`)."""

    source: sa.FromClause
    condition: sa.ColumnElement[bool]
    rank: sa.ColumnElement[float]


def search(words: str, search: sa.Column[str], rules: sa.Column[str]) -> Search:
    """For the tsvector `search` made by the configuration named in `rules`.

    `words` as in search engines: quoted phrases, `or`, a minus before what is unwanted.
    """
    every = sorted({_SIMPLE, *_CONFIGURATIONS.values()})
    configurations = sa.values(sa.column("configuration", sa.Text), name="configurations").data(
        [(name,) for name in every]
    )
    # Only those in use: each costs a scan of the index.
    used = sa.exists().where(rules == configurations.c.configuration)
    wanted = sa.select(configurations).where(used.correlate(configurations))
    present = wanted.cte("present").prefix_with("MATERIALIZED")
    name = present.c.configuration
    query = sa.func.websearch_to_tsquery(sa.cast(name, REGCONFIG), words.lower())
    return Search(
        source=present,
        condition=sa.and_(rules == name, search.op("@@")(query)),
        # As float8, for a float4 read as 0.1 is not the 0.1 that a cursor brings back.
        rank=sa.cast(
            sa.func.ts_rank_cd(sa.cast(_WEIGHTS, ARRAY(sa.REAL)), search, query), sa.Double
        ),
    )


def _words(prompt: CoursePrompt) -> list[str | None]:
    words = [prompt.title, prompt.instructions]
    if isinstance(prompt, ReadAloud):
        return [*words, prompt.text]
    if isinstance(prompt, RolePlay):
        patient = prompt.patient.background
        return [*words, prompt.setting, prompt.profession, prompt.role, patient, *prompt.tasks]
    return [*words, prompt.question]


def _joined(texts: Iterable[str | None]) -> str:
    return "\n".join(text for text in texts if text).lower()[:_MAX_CHARACTERS]
