"""Which recordings `python -m local analyze` takes from a file of cases."""

import json
from pathlib import Path

import pytest

from local.analysis.cases import Case, CasesError, read_cases


def test_files_lie_beside_the_list_and_free_speech_has_no_reference(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "file": "a.wav", "reference": "Good morning.", "mispronounced": []},
        {"id": "b", "file": "b.webm", "reference": None},
        {"id": "c", "file": "sub/c.ogg"},
    ]
    listed = tmp_path / "cases.json"
    listed.write_text(json.dumps(rows))
    assert read_cases(listed) == [
        Case("a", tmp_path / "a.wav", "Good morning."),
        Case("b", tmp_path / "b.webm", None),
        Case("c", tmp_path / "sub" / "c.ogg", None),
    ]


def test_all_are_marked_by_the_strictness_asked_for(tmp_path: Path) -> None:
    listed = tmp_path / "cases.json"
    listed.write_text(json.dumps([{"id": "a", "file": "a.wav", "reference": "Hello."}]))
    assert [case.strictness for case in read_cases(listed)] == ["standard"]
    assert [case.strictness for case in read_cases(listed, "strict")] == ["strict"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("{", "not a readable JSON file"),
        ("{}", "no list of cases"),
        ("[1]", "case 0 is not an object"),
        ('[{"id": "a", "file": "a.wav"}, {"id": "b"}]', "case 1 has no “file”"),
        ('[{"id": "", "file": "a.wav"}]', "case 0 has no “id”"),
        ('[{"id": "a", "file": "a.wav", "reference": 3}]', "case 0: “reference”"),
    ],
)
def test_a_list_that_is_wrong_says_where(tmp_path: Path, content: str, fault: str) -> None:
    listed = tmp_path / "cases.json"
    listed.write_text(content)
    with pytest.raises(CasesError, match=fault):
        read_cases(listed)


def test_a_list_that_is_absent(tmp_path: Path) -> None:
    with pytest.raises(CasesError, match="not a readable JSON file"):
        read_cases(tmp_path / "cases.json")
