import re
import shutil
import subprocess
import sys
from pathlib import Path

import shared.speech.version
from shared.speech.version import scorer_version


def test_it_is_a_release_and_a_hash():
    assert re.fullmatch(r"\d+\+[0-9a-f]{8}", scorer_version())


def test_any_change_of_the_sources_changes_it(tmp_path):
    source = Path(shared.speech.version.__file__).parent
    without_caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(source, tmp_path / "engine", ignore=without_caches)
    shutil.copytree(source.parent / "domain", tmp_path / "domain", ignore=without_caches)

    def version():
        code = "import version; print(version.scorer_version())"
        command = [sys.executable, "-B", "-c", f"import sys; sys.path.insert(0, '.'); {code}"]
        return subprocess.run(
            command, cwd=tmp_path / "engine", capture_output=True, text=True, check=True
        ).stdout.strip()

    before = version()
    assert before == scorer_version()
    with (tmp_path / "engine" / "scoring.py").open("a") as file:
        file.write("\n")
    changed = version()
    assert changed != before
    with (tmp_path / "domain" / "recurring_phones.py").open("a") as file:
        file.write("\n")
    assert version() not in (before, changed)
