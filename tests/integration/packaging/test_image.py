"""The image's commands, with its files and requirements alone, on the embedded engine."""

import subprocess
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib.util import cache_from_source
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.identity import LocalTokens, create_keys
from shared.domain.identity import Principal, Role
from tests.fakes.image import Image
from tests.fakes.installed import running
from tests.fakes.subscriber import wait_for

pytestmark = pytest.mark.usefixtures("database")
ISSUER = "rostrum-local"
# A read of each service: path, the table it waits for, who asks, whom, the answer.
READS = {
    "auth": ("/v1/users/me", "auth.users", "learner", "rostrum", 401),
    "course": ("/v1/courses", "course.courses", "learner", "rostrum", 200),
    "practice": ("/v1/attempts", "documents", "learner", "rostrum", 200),
    "ai_gateway": ("/internal/v1/users/eve/data", "documents", "service", "ai_gateway", 200),
}


@pytest.fixture(scope="module")
def settings(
    image: Image, postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, str]:
    """The environment of every service, its tables made by the image's own jobs."""
    folder = tmp_path_factory.mktemp("services")
    create_keys(folder / "tokens")
    environment = {
        **image.environment,
        "ROSTRUM_DATABASE_URL": postgres_url,
        "ROSTRUM_OBJECTS_DIR": str(folder / "objects"),
        "ROSTRUM_OBJECTS_URL": "http://127.0.0.1/storage",
        "ROSTRUM_OBJECTS_SECRET": "s" * 64,
        "ROSTRUM_TOKEN_KEYS": str(folder / "tokens"),
        "ROSTRUM_TOKEN_ISSUER": ISSUER,
        "ROSTRUM_PUBLIC_URL": "http://127.0.0.1",
        "ROSTRUM_MAIL_OUTBOX": str(folder / "mail"),
        "ROSTRUM_REFRESH_SECRET": "r" * 64,
        "ROSTRUM_TOTP_KEY": "t" * 64,
        "ROSTRUM_COURSE_URL": "http://127.0.0.1:1",
    }
    for service in ("auth", "course"):
        command = [image.program("python"), "-m", f"run_services.{service}.migrate"]
        subprocess.run(command, cwd=image.workdir, env=environment, check=True, timeout=60)
    return environment


def token(settings: Mapping[str, str], role: Role, audience: str) -> dict[str, str]:
    keys = Path(settings["ROSTRUM_TOKEN_KEYS"])
    tokens = LocalTokens(keys, ISSUER, "rostrum", SystemClock())
    signed = tokens.issue(Principal("eve", role), audience, timedelta(hours=1))
    return {"Authorization": f"Bearer {signed}"}


@pytest.mark.parametrize("name", READS)
def test_a_request_in_flight_outlives_the_signal_to_stop(
    image: Image, settings: Mapping[str, str], database: sa.Engine, tmp_path: Path, name: str
) -> None:
    path, table, role, audience, status = READS[name]
    bearer = token(settings, role, audience)
    files = image.files()
    command = [*image.entrypoint(), f"--name={name}", f"run_services.{name}.main:create_app()"]
    with (
        running(command, settings, image.workdir, tmp_path / "log") as server,
        ThreadPoolExecutor(1) as pool,
    ):
        for probe in ("live", "ready"):
            answer = httpx.get(f"{server.url}/internal/v1/health/{probe}", timeout=60)
            assert answer.status_code == 200, server.log.read_text()
        with database.connect() as lock:
            lock.exec_driver_sql(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            request = pool.submit(httpx.get, f"{server.url}{path}", headers=bearer, timeout=30)
            wait_for(lambda: waiting(lock))
            server.process.terminate()
            stopping = time.monotonic()
            wait_for(lambda: server.said("Handling signal: term"))
            assert not request.done()
            lock.rollback()
        answer = request.result(10)
        assert answer.status_code == status, answer.text
        assert server.process.wait(10) == 0
        assert time.monotonic() - stopping < 10
    assert image.files() == files, "the process writes nothing into its image"


def waiting(connection: sa.Connection) -> bool:
    found = connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return bool(found.scalar())


def test_the_image_names_no_service_of_its_own(image: Image, settings: Mapping[str, str]) -> None:
    ended = subprocess.run(
        image.entrypoint(),
        cwd=image.workdir,
        env=settings,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode != 0
    assert b"No application module specified" in ended.stderr


def test_it_holds_the_services_compiled_and_nothing_else_of_ours(image: Image) -> None:
    ours = {path.parts[0] for path in map(Path, image.files(image.workdir)) if len(path.parts) > 1}
    assert ours == {"run_services", "shared"}
    sources = [path for path in image.workdir.rglob("*.py") if path.stat().st_size]
    assert sources
    for source in sources:
        bytecode = Path(cache_from_source(str(source))).read_bytes()
        # Bit 0: by the hash of the source; bit 1, that it is compared at each start (PEP 552).
        assert int.from_bytes(bytecode[4:8], "little") == 1, source
