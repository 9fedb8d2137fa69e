"""Every fault of a package is named, with its file, its line and its field."""

import pytest

from local.deployables import ROOT
from local.packages import read_folder
from shared.domain.errors import FieldError, Unprocessable
from shared.repositories.course_packages.reader import read_files

FIXTURE = ROOT / "tests" / "fixtures" / "packages" / "twelve-mistakes"
UNIT = "units/basics/unit.yaml"
FIRST, SECOND, THIRD = (
    f"units/basics/lessons/{name}.yaml" for name in ("first", "second", "third")
)
PLANTED = [
    ("course.yaml", 3, "/title", "The field title stands here twice, first in line 2."),
    ("course.yaml", 5, "/level", "'A1'"),
    ("course.yaml", 6, "/author", "not permitted"),
    ("course.yaml", 9, "/units/1", "There is no file units/lost/unit.yaml."),
    ("media/chart.png", None, "", "The content is none of PNG"),
    ("notes.txt", None, "", "Nothing in the package refers to this file."),
    (FIRST, 5, "/prompts/0/text", "required"),
    (SECOND, 3, "/prompts/0/id", f"already used at {FIRST}, line 5"),
    (SECOND, 6, "/prompts/0/media", "There is no file media/lost.ogg in the package."),
    (THIRD, 2, "", 'Put a text that contains ": " in quotes.'),
    (UNIT, 1, "/title", "YAML reads yes as a yes-or-no value; if it is a text, put it in quotes"),
    (UNIT, 6, "/lessons/3", "The id first stands in this list twice."),
]


def test_twelve_planted_mistakes_are_twelve_faults() -> None:
    with pytest.raises(Unprocessable) as refused:
        read_folder(FIXTURE)
    assert refused.value.code == "package_invalid"
    assert refused.value.detail == "The course package has 12 errors."
    found = [(fault.file, fault.line, fault.pointer) for fault in refused.value.errors]
    assert found == [(file, line, pointer) for file, line, pointer, _ in PLANTED]
    for fault, (*_, words) in zip(refused.value.errors, PLANTED, strict=True):
        assert words in fault.detail


LESSON = "units/one/lessons/first.yaml"
SOUND: dict[str, bytes | None] = {
    "course.yaml": b"format: 1\ntitle: A\nlanguage: en\nunits: [one]\n",
    "units/one/unit.yaml": b"title: A\nlessons: [first]\n",
    LESSON: b"title: A\nprompts: []\n",
}


def faults(**changes: bytes | None) -> list[FieldError]:
    """Of the sound package with its course, unit or lesson replaced."""
    paths = {"course": "course.yaml", "unit": "units/one/unit.yaml", "lesson": LESSON}
    files = SOUND | {paths[name]: content for name, content in changes.items()}
    with pytest.raises(Unprocessable) as refused:
        read_files(files)
    return list(refused.value.errors)


def test_the_sound_package_is_sound() -> None:
    content = read_files(SOUND).content
    assert [lesson.id for lesson in content.lessons()] == ["first"]


PROMPT = b"title: A\nprompts:\n  - id: p\n    kind: free_speech\n    question: Why?\n    title: "


@pytest.mark.parametrize(
    ("lesson", "line", "pointer", "words"),
    [
        (b"", 1, "", "The file is empty."),
        (b"- a\n- b\n", 1, "", "list of fields"),
        (b"title: A\n---\ntitle: B\n", 2, "", "A second document begins here"),
        (b"title: \xff\n", 1, "", "not in UTF-8"),
        ("title: A\nsummary: a\u2028b\n".encode(), 2, "", "U+2028"),
        (b"title: A\nsummary: a\0b\n", 2, "", "U+0000"),
        (b"title: A\n\tprompts: []\n", 2, "", "tab"),
        (b"title: &a A\nprompts: []\n", 1, "/title", "Anchors"),
        (b"title: A\nsummary: *a\nprompts: []\n", 2, "/summary", "Aliases"),
        (b"title: !!str A\nprompts: []\n", 1, "/title", "Tags"),
        (b"title: A\n? [b]\n: c\n", 2, "", "plain word"),
        (b"<<: {title: A}\nprompts: []\n", 1, "/<<", "not permitted"),
        (b"title:\nprompts: []\n", 1, "/title", "has no value"),
        (b"title: ~\nprompts: []\n", 1, "/title", "YAML reads ~ as nothing"),
        (b"title: 012\nprompts: []\n", 1, "/title", "YAML reads 012 as a number"),
        (b"title: 2026-01-31\nprompts: []\n", 1, "/title", "as a date"),
        (b"title: A\nid: b\nprompts: []\n", 2, "/id", "leave it out"),
        (b"title: A\nprompts: {}\n", 2, "/prompts", "list"),
        (b"title: A\n", 1, "/prompts", "required"),
        (PROMPT + b"B\n    speaking_s: 1e3\n", 7, "/prompts/0/speaking_s", "integer"),
        (PROMPT + b"B\n    speaking_s: 010\n", 7, "/prompts/0/speaking_s", "integer"),
        (PROMPT + b"B\n    speaking_s: 999\n", 7, "/prompts/0/speaking_s", "180"),
        (PROMPT + b"B\n    kind2: x\n", 7, "/prompts/0/kind2", "not permitted"),
        (PROMPT + b"B\n    media: ../x.png\n", 7, "/prompts/0/media", "pattern"),
    ],
)
def test_one_fault_of_a_lesson(lesson: bytes, line: int, pointer: str, words: str) -> None:
    found = [
        f for f in faults(lesson=lesson) if (f.file, f.line, f.pointer) == (LESSON, line, pointer)
    ]
    assert len(found) == 1
    assert words in found[0].detail


@pytest.mark.parametrize(
    ("course", "pointer"),
    [
        (b"format: 2\ntitle: A\nlanguage: en\nunits: [one]\n", "/format"),
        (b"title: A\nlanguage: en\nunits: [one]\n", "/format"),
        (b"format: 1\ntitle: A\nlanguage: en\nunits: one\n", "/units"),
        (b"format: 1\ntitle: A\nlanguage: en\nunits: [one, Two]\n", "/units/1"),
        (b"format: 1\ntitle: A\nlanguage: en\nunits: [one, 2]\n", "/units/1"),
        (b"format: 1\ntitle: A\nlanguage: en\nunits: [one, ../one]\n", "/units/1"),
        (b"format: 1\ntitle: A\nlanguage: en\nunits: [one]\nid: a\n", "/id"),
    ],
)
def test_one_fault_of_the_course(course: bytes, pointer: str) -> None:
    assert [(f.file, f.pointer) for f in faults(course=course)] == [("course.yaml", pointer)]


def test_a_package_without_a_course() -> None:
    with pytest.raises(Unprocessable) as refused:
        read_files({})
    assert "There is no file course.yaml" in refused.value.errors[0].detail


def test_what_an_unreadable_list_would_name_is_checked_all_the_same() -> None:
    broken = faults(unit=b'title: "A\n', lesson=b"title: A\nprompts: 1\n")
    assert {(fault.file, fault.pointer) for fault in broken} == {
        ("units/one/unit.yaml", ""),
        (LESSON, "/prompts"),
    }


def test_nested_too_deep_ends_early() -> None:
    (fault,) = faults(lesson=b"title: " + b"[" * 1_000_000)
    assert fault.detail == "Fields are nested more than 12 deep here."


def test_a_field_given_twice_is_passed_over_whole() -> None:
    lesson = b"title: A\ntitle: {a: [1, {b: c}]}\nprompts: 1\n"
    found = [(fault.line, fault.pointer) for fault in faults(lesson=lesson)]
    assert found == [(2, "/title"), (3, "/prompts")]
    (deep,) = [f for f in faults(lesson=b"title: A\ntitle: " + b"[" * 10**6) if not f.pointer]
    assert deep.detail == "Fields are nested more than 12 deep here."


@pytest.mark.parametrize("item", [b"- a\n", b"- {}\n", b"- [[[[[[[[1]]]]]]]]\n"])
def test_more_values_than_a_course_has_end_early(item: bytes) -> None:
    lesson = b"title: A\nprompts:\n" + item * (4 * 10**6 // len(item))
    assert any(f.detail.startswith("Here the package has more") for f in faults(lesson=lesson))


def test_more_yaml_than_a_course_has() -> None:
    lesson = b"title: A\nsummary: " + b"x" * 5_000_000
    (fault,) = faults(lesson=lesson)
    assert "over 4194304 bytes" in fault.detail


def test_names_that_cannot_be_shown_are_made_fit() -> None:
    lesson = b'title: A\nprompts: []\n"a\\0b": 1\n"' + b"x" * 900 + b'": 1\n'
    odd, long = faults(lesson=lesson)
    assert odd.pointer == "/a\ufffdb"
    assert len(long.pointer) == 500


def test_no_flood_of_faults() -> None:
    lesson = b"title: A\nprompts: []\n" + b"".join(b"f%d: 1\n" % n for n in range(1000))
    assert len(faults(lesson=lesson)) == 200
