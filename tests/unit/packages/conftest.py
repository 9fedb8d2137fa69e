"""Random courses, with the texts that YAML most easily gets wrong."""

from typing import Any

import pytest
from hypothesis import strategies as st

from shared.domain.course import CourseContent
from shared.repositories.courses.content import parse_content

TRAPS = [
    "yes", "No", "on", "~", "null", "012", "0o17", "0x1F", "1e3", "1_000", "12:30:45", "-1", ".5",
    "2026-01-31", "<<", "=", "a: b", "a #b", "#a", "- a", "? a", "& a", "*a", "!a", "|", ">", "%a",
    "@a", "`a`", "{a}", "[a", "'a'", '"a"', "a\\b", "a:", "---", "...", "a\tb", "a\n b", "a\n\nb",
    "a \nb", "a\r\nb", "a\rb", "a\n---\nb", "\ufeffa", "a\ufeffb", "a\x85b", "a\u2028b", "a\u2029b",
    "a\x1bb", "a\xa0b", "\U0001f469\u200d\U0001f680", "\u0645\u0631\u062d\u0628\u0627", "\uffff",
    "\U0001ffff", "x" * 190,
]  # fmt: skip
_CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")


def texts(max_size: int) -> st.SearchStrategy[str]:
    """Stripped and not empty, as a course's texts are."""
    wild = st.text(_CHARACTERS, max_size=min(max_size, 20))
    tricky = st.sampled_from([trap for trap in TRAPS if len(trap) <= max_size])
    punctuation = st.text(st.sampled_from("ab :#\n\t-'\"|>&*!%@`[]{},?~=<\\."), max_size=12)
    return (tricky | punctuation | wild).map(str.strip).filter(bool)


def _fields(needed: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(needed, optional=optional)


_MEDIA = st.sampled_from(["a.png", "b", "c.ogg"])
_COMMON = {"id": st.just(""), "title": texts(200)}
_OPTIONAL = {"instructions": texts(2000), "media": _MEDIA}
_TIMES = {"preparation_s": st.integers(0, 600), "speaking_s": st.integers(5, 180)}
_PAIR = _fields({"first": texts(60), "second": texts(60)})
_PATIENT = _fields({"name": texts(100), "background": texts(1000)}, age=st.integers(0, 120))
_PROMPTS = st.one_of(
    _fields(
        _COMMON | {"kind": st.just("read_aloud"), "text": texts(2000)},
        **_OPTIONAL,
        minimal_pairs=st.lists(_PAIR, min_size=1, max_size=3),
        strictness=st.sampled_from(["lenient", "standard", "strict"]),
    ),
    _fields(
        _COMMON | {"kind": st.just("free_speech"), "question": texts(1000)}, **_OPTIONAL, **_TIMES
    ),
    _fields(
        _COMMON
        | {
            "kind": st.just("interview"),
            "question": texts(1000),
            "category": st.sampled_from(["behavioural", "technical"]),
        },
        **_OPTIONAL,
        **_TIMES,
        tips=st.lists(texts(300), min_size=1, max_size=3),
    ),
    _fields(
        _COMMON
        | {
            "kind": st.just("role_play"),
            "setting": texts(500),
            "profession": texts(60),
            "role": texts(200),
            "patient": _PATIENT,
            "tasks": st.lists(texts(300), min_size=1, max_size=3),
        },
        **_OPTIONAL,
        **_TIMES,
        opening=texts(300),
    ),
)
_LESSONS = _fields(
    {"id": st.just(""), "title": texts(200), "prompts": st.lists(_PROMPTS, min_size=1, max_size=2)},
    summary=texts(2000),
    introduction=texts(2000),
    media=st.lists(_MEDIA, min_size=1, max_size=3),
)
_UNITS = _fields(
    {"id": st.just(""), "title": texts(200), "lessons": st.lists(_LESSONS, min_size=1, max_size=2)},
    summary=texts(2000),
)
_COURSES = _fields(
    {
        "title": texts(200),
        "language": st.just("en"),
        "units": st.lists(_UNITS, min_size=1, max_size=2),
    },
    level=st.sampled_from(["A1", "C2"]),
    summary=texts(2000),
    tags=st.lists(st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True), min_size=1, max_size=3),
)
_KEYS = [
    *("unit", "no", "1e3", "012", "con", "y", "0", "2026-01-31", "null", "x" * 64),
    *("a", "b", "lessons", "course", "media", "0x1f"),
]


@st.composite
def courses(draw: st.DrawFn) -> CourseContent:
    """Any course an author can make, in shape; ids are drawn so that none stands twice."""
    course = draw(_COURSES)
    keys = iter(draw(st.permutations(_KEYS)))
    for unit in course["units"]:
        unit["id"] = next(keys)
        for lesson in unit["lessons"]:
            lesson["id"] = next(keys)
            for prompt in lesson["prompts"]:
                prompt["id"] = next(keys)
    return parse_content(course)


@pytest.fixture(scope="session")
def any_course() -> st.SearchStrategy[CourseContent]:
    return courses()
