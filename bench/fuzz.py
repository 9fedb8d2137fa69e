"""Schemathesis against the whole stack, through its gateway: no crash, no breach of the contract.

Every operation is called as a teacher with a confirmed account (those for administrators as one
with a second factor) with the contract's examples, at the edges of every schema, with random valid
and invalid data, and in chains along the contract's links. `python -m bench.fuzz --minutes 30
--seed 7` goes on for so long; its exit status says whether anything was found.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from string import Template

import httpx

from bench.accounts import open_account, token
from local.deployables import ROOT
from local.gateway import contract
from local.packages import canonical_files, read_folder
from local.processes import free_port
from local.stack import EngineName, Stack
from shared.repositories.course_packages.archive import pack

CONTRACT = ROOT / "openapi" / "rostrum.yaml"
# So high that no run meets them; other tests are about them.
UNLIMITED = {
    f"ROSTRUM_{name}": "1000000000"
    for name in (
        "ATTEMPTS_PER_USER",
        "ATTEMPTS_PER_ADDRESS",
        "CALLS_PER_USER",
        "UPLOADS_PER_USER",
        "UPLOADS_PER_ADDRESS",
        "REQUESTS_PER_MINUTE",
        "MAILS_PER_HOUR",
        "LOGIN_FAILURES",
        "ADDRESS_FAILURES",
    )
}
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "valid_data_acceptance",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
    "use_after_free",
)
# A sign-in too old to delete the account the run depends on.
_LONG_AGO = timedelta(hours=1)
_COURSE = ROOT / "courses" / "english-read-aloud"
_CONFIG = Template(Path(__file__).with_name("schemathesis.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """`clean` unless a check failed; `cases` requests were judged; `output` is for people."""

    clean: bool
    operations: int
    cases: int
    output: str


def run(
    *,
    data: Path,
    models: Path,
    seed: int,
    examples: int,
    minutes: float | None,
    engine: EngineName = "embedded",
) -> Outcome:
    """Start a stack in `data` and test it.

    `examples` is how many an operation gets in each phase; with `minutes`, fuzzing goes on until
    they are over.
    """
    with Stack(data, models, free_port(), environment=UNLIMITED, engine=engine) as stack:
        config = data / "schemathesis.toml"
        config.write_text(_configuration(stack, examples, deterministic=minutes is None))
        budget = [] if minutes is None else [f"--max-time={round(minutes * 60)}"]
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("schemathesis")),
                "--no-color",
                f"--config-file={config}",
                "run",
                str(_contract(data)),
                f"--url={stack.url}",
                "--phases=examples,coverage,fuzzing,stateful",
                f"--checks={','.join(CHECKS)}",
                f"--max-examples={examples}",
                f"--seed={seed}",
                "--continue-on-failure",
                *budget,
            ],
            cwd=data,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
    output = done.stdout + done.stderr
    return Outcome(
        clean=done.returncode == 0,
        operations=_number(r"Tested: (\d+)", output),
        cases=_number(r"(\d+) generated", output),
        output=output,
    )


def _contract(data: Path) -> Path:
    """The contract with its tokens described as what they are, bearer tokens.

    API Gateway wants them described as OAuth 2, whose tokens Schemathesis takes to be anywhere, so
    that it would not try what happens without one.
    """
    document = contract.load(CONTRACT)
    document["components"]["securitySchemes"] = {
        "access_token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    file = data / "contract.json"
    file.write_text(json.dumps(document))
    return file


def _configuration(stack: Stack, examples: int, *, deterministic: bool) -> str:
    teacher, admin = open_account(stack, "teacher"), open_account(stack, "admin")
    signs_in, changes = open_account(stack), open_account(stack)
    teachers = token(stack, teacher, signed_in_ago=_LONG_AGO)
    return _CONFIG.substitute(
        teacher=teachers,
        admin=token(stack, admin, second_factor=True, signed_in_ago=_LONG_AGO),
        learner=token(stack, open_account(stack)),
        leaver=token(stack, open_account(stack)),
        email=signs_in.email,
        password=signs_in.password,
        changer=token(stack, changes),
        changers_password=changes.password,
        deterministic=str(deterministic).lower(),
        chains=4 * examples,
        **_published_course(stack.url, teachers),
    )


def _published_course(url: str, bearer: str) -> dict[str, str]:
    package = read_folder(_COURSE)
    headers = {"Authorization": f"Bearer {bearer}"}
    with httpx.Client(base_url=url, headers=headers, timeout=60) as http:
        imported = http.post(
            "/v1/courses/import",
            content=pack(canonical_files(package)),
            headers={"Content-Type": "application/zip"},
        ).raise_for_status()
        course = imported.json()["id"]
        http.post(f"/v1/courses/{course}/publish", json={}).raise_for_status()
    _, prompt = next(package.content.placed_prompts())
    return {"course": course, "prompt": prompt.id, "medium": next(iter(package.media))}


def _number(pattern: str, output: str) -> int:
    found = re.search(pattern, output)
    return int(found[1]) if found else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", type=int, default=200)
    parser.add_argument("--models", type=Path, default=ROOT / ".rostrum" / "models")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(
            data=Path(folder),
            models=options.models,
            seed=options.seed,
            examples=options.examples,
            minutes=options.minutes,
        )
    print(outcome.output)
    return 0 if outcome.clean else 1


if __name__ == "__main__":
    sys.exit(main())
