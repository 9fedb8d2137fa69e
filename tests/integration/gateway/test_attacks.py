"""No attack on a token gets through the real gateway and the service behind it."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

from tests.fakes.jwt_attacks import ATTACKS, Attack, Signer
from tests.fakes.services import app_of, disconnect

ATTEMPT = "/v1/attempts/01932f6e-8a4b-7c1d-9e2f-3a4b5c6d7e8f"
ISSUER = "https://issuer.example"


@pytest.fixture(scope="session")
def signer(tokens: Any) -> Signer:
    return Signer(tokens.key, "one", ISSUER)


@pytest.fixture(scope="session")
def practice(
    tokens: Any,
    postgres_url: str,
    start_gateway: Callable[..., Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Any]:
    """Calls of the real practice service through a gateway of its own."""
    folder = tmp_path_factory.mktemp("practice")
    (folder / "jwks.json").write_text(json.dumps(tokens.jwks))
    app = app_of(
        "practice",
        database_url=postgres_url,
        objects_dir=folder,
        token_keys=folder,
        token_issuer=ISSUER,
    )
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield start_gateway(server.server_port)
    server.shutdown()
    thread.join()
    server.server_close()
    disconnect(postgres_url)


@pytest.mark.parametrize(
    "attack", [a for a in ATTACKS if a.at_gateway], ids=lambda attack: attack.name
)
def test_the_gateway_refuses(
    call: Any, echo: Any, signer: Signer, check_problem: Any, attack: Attack
) -> None:
    echo.seen.clear()
    headers, query = attack.request(signer)
    answer = call("GET", f"{ATTEMPT}?{query}", headers)
    assert echo.seen == []
    check_problem(answer, 401, "unauthenticated", ATTEMPT)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_gateway_and_service_together_refuse(
    practice: Any, signer: Signer, check_problem: Any, attack: Attack
) -> None:
    headers, query = attack.request(signer)
    answer = practice("GET", f"{ATTEMPT}?{query}", headers)
    check_problem(answer, 401, "unauthenticated", ATTEMPT)


def test_the_key_in_these_cases_is_the_right_one(
    call: Any, practice: Any, signer: Signer, check_problem: Any
) -> None:
    bearer = {"Authorization": f"Bearer {signer.token()}"}
    assert call("GET", ATTEMPT, bearer).status == 200
    check_problem(practice("GET", ATTEMPT, bearer), 404, "attempt_not_found", ATTEMPT)
