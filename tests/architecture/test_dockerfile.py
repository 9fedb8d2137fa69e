"""The Dockerfile and what is sent to the build."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local import deployables
from local.deployables import ROOT
from tests.fakes.image import Dockerfile, DockerIgnore


@pytest.fixture(scope="module")
def dockerfile() -> Dockerfile:
    return Dockerfile(ROOT / "Dockerfile")


def test_hadolint_finds_nothing() -> None:
    program = shutil.which("hadolint", path=Path(sys.executable).parent)
    assert program is not None, "hadolint is among the development requirements: make setup"
    linted = subprocess.run(
        [program, "--no-color", "--failure-threshold=style", ROOT / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (linted.returncode, linted.stdout) == (0, "")


def test_one_python_builds_and_runs_it(dockerfile: Dockerfile) -> None:
    bases = [stage[0].words[0] for stage in dockerfile.stages]
    assert bases == ["${PYTHON_IMAGE}"] * 2
    [argument] = dockerfile.arguments
    assert argument.text == "PYTHON_IMAGE=python:3.12-slim"


def test_only_hashed_wheels_are_installed(dockerfile: Dockerfile) -> None:
    [install] = [run for run in dockerfile.all("RUN", 0) if "install" in run.words]
    assert {"--require-hashes", "--only-binary=:all:", "--no-cache-dir"} <= set(install.words)
    [copied] = [c for c in dockerfile.all("COPY", 0) if c.words[0].endswith(".txt")]
    assert copied.words[0] == "run_services/requirements.txt"
    assert install.words[install.words.index("--requirement") + 1] == copied.words[1]
    assert dockerfile.all("RUN") == [], "the image that runs holds what was built, and no more"


def test_it_runs_as_a_user_with_a_number_other_than_0(dockerfile: Dockerfile) -> None:
    user, group = dockerfile.only("USER").text.split(":")
    assert int(user) > 0
    assert int(group) > 0
    after = [each.name for each in dockerfile.stages[-1]]
    assert after.index("USER") > max(n for n, name in enumerate(after) if name == "COPY")
    assert not any("--chown" in copy.text for copy in dockerfile.all("COPY"))


def test_gunicorn_is_process_1_with_the_flags_of_every_engine(dockerfile: Dockerfile) -> None:
    program, *flags = dockerfile.only("ENTRYPOINT").exec_form()
    command = deployables.service("practice", "run_services.practice", {}, 1)
    assert program == Path(command.arguments[0]).name == "gunicorn"
    mine = [flag for flag in command.arguments[1:] if not flag.startswith(("--name=", "--bind="))]
    assert sorted(flags) == sorted(mine[:-1])
    assert dockerfile.all("CMD") == [], "no service is the default one"


def test_its_environment_is_that_of_every_deployable(dockerfile: Dockerfile) -> None:
    image = dict(word.split("=", 1) for word in dockerfile.only("ENV").words)
    local = deployables.service("practice", "run_services.practice", {}, 1).environment
    assert set(image) >= set(local)
    assert all(image[name] == local[name] for name in local if name != "PYTHONPATH")
    assert image["PYTHONPATH"] == dockerfile.only("WORKDIR").text


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("shared/wiring.py", True),
        ("run_services/auth/common_passwords.txt", True),
        ("run_services/requirements.txt", True),
        ("run_services/auth/migrations/versions/0001_accounts.py", True),
        ("shared/__pycache__/wiring.cpython-312.pyc", False),
        ("shared/.env", False),
        ("run_services/auth/.rostrum/secrets/refresh_secret", False),
        (".rostrum/secrets/token_keys/key.pem", False),
        (".git/config", False),
        (".venv/bin/python", False),
        ("functions/audio_processing/main.py", False),
        ("tests/conftest.py", False),
        ("infra/terraform/environments/prod/terraform.tfvars", False),
        ("shared_secrets.txt", False),
    ],
)
def test_only_the_images_own_files_are_sent_to_the_build(name: str, sent: bool) -> None:
    assert DockerIgnore(ROOT / ".dockerignore").lets_in(name) is sent
