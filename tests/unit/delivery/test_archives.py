"""Archives: what is in them, and that equal files give equal bytes."""

import os
import sys
import zipfile
from pathlib import Path

import pytest

from delivery import archives

MODEL = bytes(range(256)) * 1000


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {
        "functions/__init__.py": b"",
        "functions/f/__init__.py": b"",
        "functions/f/main.py": b"from .pipeline import run\n",
        "functions/f/pipeline.py": b"run = None\n",
        "functions/f/requirements.in": b"flask\n",
        "functions/f/requirements.txt": b"flask==1\n",
        "functions/f/__pycache__/main.cpython-312.pyc": b"bytes",
        "functions/f/.cache/thing": b"",
        "functions/g/main.py": b"",
        "functions/not_one/notes.py": b"",
        "shared/__init__.py": b"",
        "shared/speech/model.bin": MODEL,
        "shared/speech/.secret": b"",
        "tests/test_f.py": b"",
    }
    for name, content in files.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "project"


def test_a_function_lies_at_the_root_with_shared_beside_it(project: Path, tmp_path: Path) -> None:
    assert archives.names(project) == ["f", "g"]
    with zipfile.ZipFile(archives.write("f", tmp_path, project)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "__init__.py",
            "main.py",
            "pipeline.py",
            "requirements.txt",
            "shared/__init__.py",
            "shared/speech/model.bin",
        ]
        assert archive.read("shared/speech/model.bin") == MODEL


def test_equal_files_give_equal_bytes(project: Path, tmp_path: Path) -> None:
    first = archives.write("f", tmp_path, project).read_bytes()
    for number, path in enumerate(sorted(project.rglob("*.py"), reverse=True)):
        path.chmod(0o700)
        os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
    (project / "shared" / "__pycache__").mkdir()
    (project / "shared" / "__pycache__" / "x.pyc").write_bytes(b"new")
    assert archives.write("f", tmp_path, project).read_bytes() == first
    (project / "shared" / "__init__.py").write_bytes(b"changed = True\n")
    assert archives.write("f", tmp_path, project).read_bytes() != first


def test_members_bear_one_time_and_one_mode(project: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archives.write("f", tmp_path, project)) as archive:
        marks = {(m.date_time, m.external_attr, m.create_system) for m in archive.infolist()}
    assert marks == {((1980, 1, 1, 0, 0, 0), 0o100644 << 16, 3)}


def test_the_command_writes_every_function_and_removes_what_is_none_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gone.zip").write_bytes(b"")
    monkeypatch.setattr(sys, "argv", ["archives", "--into", str(tmp_path)])
    archives.main()
    written = sorted(path.stem for path in tmp_path.glob("*.zip"))
    assert written == list(archives.names())
    assert len(capsys.readouterr().out.splitlines()) == len(written)
    for name in written:
        with zipfile.ZipFile(tmp_path / f"{name}.zip") as archive:
            assert {"main.py", "requirements.txt"} <= set(archive.namelist())
