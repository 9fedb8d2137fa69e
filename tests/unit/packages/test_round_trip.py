"""A course through a package and back is the same course, and its package the same bytes."""

import io
import re
import zipfile
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.deployables import ROOT
from local.packages import canonical_files, read_folder
from shared.domain.course import CourseContent
from shared.repositories.course_packages.archive import pack, unpack
from shared.repositories.course_packages.reader import CoursePackage, read_files, read_package
from shared.repositories.course_packages.writer import package_files, write_package
from shared.repositories.course_packages.yaml_nodes import read_yaml
from shared.repositories.course_packages.yaml_text import dump

SHIPPED = sorted(path for path in (ROOT / "courses").iterdir() if path.is_dir())
MEDIA = {
    "a.png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "b": b"%PDF-1.7\n\r\n\0",
    "c.ogg": b"OggS\0" + b"\r\n" * 10,
}


def _mappings(values: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(st.from_regex(r"f_[a-z]{1,5}", fullmatch=True), values, min_size=1)


_scalars = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.text(
    st.sampled_from(" ab:#\n\t\r-'\"|>&*!%@`\x85\u2028\ufeff\U0001f600"), max_size=20
)
_values = st.recursive(
    _scalars | st.integers(0, 10**6),
    lambda inner: st.lists(_scalars | _mappings(inner), max_size=3) | _mappings(inner),
    max_leaves=6,
)


def media_of(package: CoursePackage) -> dict[str, bytes]:
    return {name: item.data for name, item in package.media.items()}


def test_any_course_comes_back_as_it_was(any_course: st.SearchStrategy[CourseContent]) -> None:
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(any_course)
    def comes_back(content: CourseContent) -> None:
        media = {name: MEDIA[name] for name in content.media_names()}
        first = write_package(content, media)
        package = read_package(first)
        assert package.content == content
        assert media_of(package) == media
        assert write_package(package.content, media_of(package)) == first

    comes_back()


@settings(max_examples=150, deadline=None)
@given(_mappings(_values))
def test_any_values_come_back_and_other_readers_see_the_same(data: dict[str, object]) -> None:
    written = dump(data)
    file = read_yaml("a.yaml", written, 1000)
    assert (file.faults, file.data) == ([], data)
    assert yaml.safe_load(written) == data


def test_the_layout() -> None:
    files = {
        "course.yaml": b"\xef\xbb\xbfformat: 1\r\ntitle: 'A'\r\nlanguage: en\r\nunits: [unit]\r\n",
        "units/unit/unit.yaml": b"lessons: [unit]\ntitle: >-\n  B\n  C\n",
        "units/unit/lessons/unit.yaml": b'title: "\\u0044"\nprompts: []\nmedia: [a.png]\n',
        "media/a.png": MEDIA["a.png"],
    }
    package = read_files(files)
    assert package_files(package.content, media_of(package)) == {
        "course.yaml": b"format: 1\ntitle: A\nlanguage: en\nunits:\n  - unit\n",
        "units/unit/unit.yaml": b"title: B C\nlessons:\n  - unit\n",
        "units/unit/lessons/unit.yaml": b"title: D\nmedia:\n  - a.png\nprompts: []\n",
        "media/a.png": MEDIA["a.png"],
    }


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_the_shipped_courses_are_sound_and_canonical(folder: Path) -> None:
    package = read_folder(folder)
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert canonical_files(package) == files, "run: python -m local.packages format courses/*/"
    assert all(lesson.prompts for lesson in package.content.lessons())
    assert canonical_files(read_package(pack(files))) == files


def test_three_courses_are_shipped() -> None:
    kinds = {
        folder.name: {prompt.kind for _, prompt in read_folder(folder).content.placed_prompts()}
        for folder in SHIPPED
    }
    assert kinds == {
        "english-read-aloud": {"read_aloud"},
        "job-interview-basics": {"interview", "free_speech"},
        "oet-style-nursing": {"role_play", "free_speech"},
    }


def test_the_documented_example_is_a_package() -> None:
    page = (ROOT / "docs" / "course-packages.md").read_text()
    examples = re.findall(r"```yaml\n# (\S+)\n(.*?)```", page, re.DOTALL)
    files = {path: text.encode() for path, text in examples}
    content = read_files(files | {"media/pairs.ogg": MEDIA["c.ogg"]}).content
    kinds = [prompt.kind for _, prompt in content.placed_prompts()]
    assert kinds == ["read_aloud", "free_speech", "interview", "role_play"]


def test_the_archive_is_the_same_everywhere() -> None:
    packed = pack({"b": b"two", "a/c": b"one"})
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == ["a/c", "b"]
    for entry in entries:
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert (entry.create_system, entry.external_attr >> 16) == (3, 0o100644)
        assert entry.compress_type == zipfile.ZIP_STORED
    assert unpack(packed) == ({"a/c": b"one", "b": b"two"}, [])
