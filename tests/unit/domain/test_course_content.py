"""A course's content: what is accepted, what each fault points at, and that nothing is lost."""

from typing import Any

import pytest

from shared.domain.course import gaps
from shared.domain.errors import AppError, Invalid
from shared.repositories.courses.content import content_document, load_content, parse_content
from tests.fakes.course_contents import content, every_kind, lesson, read_aloud

FULL = content(
    lesson(
        "first",
        *every_kind(),
        summary="All kinds",
        introduction="# Hello\n\nRead this first.",
        media=["intro.mp3"],
    ),
    level="B2",
    summary="A course",
    tags=["work", "2026"],
)


def pointers(data: object) -> list[str]:
    with pytest.raises(Invalid) as caught:
        parse_content(data)
    return [fault.pointer for fault in caught.value.errors]


def prompt(index: int, **changes: Any) -> dict[str, Any]:
    return content(lesson("first", every_kind()[index] | changes))


def test_nothing_is_lost_between_json_and_the_domain() -> None:
    parsed = parse_content(FULL)
    assert content_document(parsed) == FULL
    assert load_content(content_document(parsed)) == parsed
    kinds = [prompt.kind for _, prompt in parsed.placed_prompts()]
    assert kinds == ["read_aloud", "free_speech", "interview", "role_play"]


def test_outer_spaces_go_and_empty_lists_are_left_out() -> None:
    parsed = parse_content(content(title="  At work\n", tags=[]))
    assert content_document(parsed) == content()


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        (content(title=" "), "/title"),
        (content(title="x" * 201), "/title"),
        (content(title="a\0b"), "/title"),
        (content(title="\ud800"), "/title"),
        (content(summary=None), "/summary"),
        (content(language="de"), "/language"),
        ({"title": "x", "units": []}, "/language"),
        (content(level="b2"), "/level"),
        (content(tags=["A"]), "/tags/0"),
        (content(tags=["a"] * 21), "/tags"),
        (content(units={}), "/units"),
        (content(lesson("A")), "/units/0/lessons/0/id"),
        (content(lesson("a", media=["../x"])), "/units/0/lessons/0/media/0"),
        (content(lesson("a", introduction="x" * 20_001)), "/units/0/lessons/0/introduction"),
        (content(lesson("a", read_aloud(), read_aloud())), "/units/0/lessons/0/prompts/1/id"),
        (content(lesson("a"), lesson("a")), "/units/0/lessons/1/id"),
        (content(lesson("a", 3)), "/units/0/lessons/0/prompts/0"),
        ({**content(), "a/b~c": 1}, "/a~1b~0c"),
    ],
)
def test_a_fault_is_pointed_at(data: dict[str, Any], pointer: str) -> None:
    assert pointers(data) == [pointer]


@pytest.mark.parametrize(
    ("index", "changes", "field"),
    [
        (0, {"text": "x" * 2001}, "/text"),
        (0, {"question": "?"}, "/question"),
        (0, {"minimal_pairs": [{"first": "ship"}]}, "/minimal_pairs/0/second"),
        (0, {"kind": "song"}, "/kind"),
        (0, {"kind": None}, "/kind"),
        (1, {"preparation_s": -1}, "/preparation_s"),
        (1, {"speaking_s": 181}, "/speaking_s"),
        (1, {"speaking_s": "30"}, "/speaking_s"),
        (1, {"speaking_s": True}, "/speaking_s"),
        (1, {"speaking_s": 30.5}, "/speaking_s"),
        (2, {"category": "other"}, "/category"),
        (2, {"tips": ["x"] * 11}, "/tips"),
        (3, {"patient": {"name": "Ms Lee", "background": "", "age": 20}}, "/patient/background"),
        (3, {"patient": {"name": "Ms Lee", "background": "x", "age": 121}}, "/patient/age"),
        (3, {"tasks": []}, "/tasks"),
        (3, {"opening": " "}, "/opening"),
    ],
)
def test_each_kind_has_its_own_fields(index: int, changes: dict[str, Any], field: str) -> None:
    assert pointers(prompt(index, **changes)) == [f"/units/0/lessons/0/prompts/0{field}"]


def test_a_whole_number_may_be_written_with_a_point() -> None:
    (_, parsed), *_ = parse_content(prompt(1, speaking_s=30.0)).placed_prompts()
    assert parsed.speaking_s == 30


def test_all_faults_come_at_once() -> None:
    bad = content(
        lesson("a", read_aloud(text=""), read_aloud("b", minimal_pairs=3)), title="", level="Z"
    )
    assert len(pointers(bad)) == 4


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_what_is_no_object_is_refused(data: object) -> None:
    assert pointers(data) == [""]


def test_ids_of_different_kinds_may_be_the_same() -> None:
    parse_content(content(lesson("basics", read_aloud("basics"))))


def test_a_stored_document_of_another_release_is_an_error_of_ours() -> None:
    with pytest.raises(AppError) as caught:
        load_content({"title": 3})
    assert caught.value.code == "document_invalid"


def test_gaps_are_what_learners_would_miss() -> None:
    assert [gap.pointer for gap in gaps(parse_content(content(units=[])))] == ["/units"]
    units = [{"id": "u", "title": "U", "lessons": []}]
    assert [g.pointer for g in gaps(parse_content(content(units=units)))] == ["/units/0/lessons"]
    lessons = content(lesson("a", read_aloud()), lesson("b"))
    assert [g.pointer for g in gaps(parse_content(lessons))] == ["/units/0/lessons/1/prompts"]
    assert gaps(parse_content(FULL)) == []


def test_every_place_that_names_media_is_known() -> None:
    named = content(lesson("a", read_aloud(media="b.png"), media=["a.png", "c.png"]))
    assert list(parse_content(named).media_places()) == [
        ("/units/0/lessons/0/media/0", "a.png"),
        ("/units/0/lessons/0/media/1", "c.png"),
        ("/units/0/lessons/0/prompts/0/media", "b.png"),
    ]
