"""Enrolling a second factor, signing in with it, and turning it off."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import jwt
import pytest
import sqlalchemy as sa

from shared.repositories.accounts.tables import recovery_codes, totp
from tests.fakes.authenticator import PASSWORD, STEP, Authenticator, enrolled

EVE = "eve@example.com"
SIGN_IN = {"email": EVE, "password": PASSWORD}


@pytest.fixture
def session(auth) -> dict:
    # A time step has just begun, so that none ends between a code and its use.
    auth.clock.advance(STEP - timedelta(seconds=auth.clock.now().timestamp() % 30))
    auth.register(EVE, PASSWORD)
    return auth.login(EVE, PASSWORD)


def claims(session: dict) -> dict:
    return jwt.decode(session["access_token"], options={"verify_signature": False})


def test_enrolment_answers_what_an_app_reads(auth, session) -> None:
    answer = auth.post("totp", session["access_token"])
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    uri = urlsplit(answer.json["otpauth_uri"])
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert unquote(uri.path) == f"/Rostrum:{EVE}"
    assert parse_qs(uri.query) == {"secret": [answer.json["secret"]], "issuer": ["Rostrum"]}
    assert len(answer.json["secret"]) == 32  # 160 bits


def test_nothing_changes_before_the_first_code(auth, session, problem) -> None:
    token = session["access_token"]
    first = auth.post("totp", token).json["secret"]
    assert claims(auth.login(EVE, PASSWORD))["amr"] == ["pwd"]
    second = auth.post("totp", token).json["secret"]
    assert first != second
    old, new = Authenticator(first, auth.clock), Authenticator(second, auth.clock)
    assert problem(auth.post("totp/confirm", token, code=old.code())) == (400, "totp_code_invalid")
    assert auth.post("totp/confirm", token, code=new.code()).status_code == 200
    assert problem(auth.post("totp", token)) == (409, "totp_enabled")
    assert problem(auth.post("totp/confirm", token, code=new.code(1))) == (409, "totp_enabled")


def test_confirming_makes_the_session_one_with_a_second_factor(auth, session) -> None:
    assert claims(session)["amr"] == ["pwd"]
    other = auth.login(EVE, PASSWORD)
    _, codes = enrolled(auth, session)
    assert len(set(codes)) == 10
    assert all(len(code) == 10 and not set(code) & set("01ILO") for code in codes)
    renewed = auth.post("refresh", refresh_token=session["refresh_token"]).json
    assert claims(renewed)["amr"] == ["pwd", "mfa"]
    assert renewed["user"]["second_factor"] is True
    unproven = auth.post("refresh", refresh_token=other["refresh_token"]).json
    assert claims(unproven)["amr"] == ["pwd"]


@pytest.mark.parametrize("operation", ["totp", "totp/confirm"])
def test_enrolling_needs_a_fresh_sign_in(auth, session, problem, operation: str) -> None:
    auth.clock.advance(timedelta(minutes=11))
    body = {"code": "123456"} if operation == "totp/confirm" else {}
    answer = auth.post(operation, session["access_token"], **body)
    assert problem(answer) == (403, "reauthentication_required")


def test_sign_in_asks_for_the_code_and_takes_each_once(auth, session, problem) -> None:
    app, _ = enrolled(auth, session)
    assert problem(auth.post("login", **SIGN_IN)) == (403, "second_factor_needed")
    code = app.fresh_code()
    assert claims(auth.login(EVE, PASSWORD, totp_code=code))["amr"] == ["pwd", "mfa"]
    again = auth.post("login", **SIGN_IN, totp_code=code)
    assert problem(again) == (401, "second_factor_invalid")
    earlier = auth.post("login", **SIGN_IN, totp_code=app.code(-1))
    assert problem(earlier) == (401, "second_factor_invalid")


def test_a_code_is_good_for_a_step_more_on_either_side(auth, session, problem) -> None:
    app, _ = enrolled(auth, session)
    auth.clock.advance(timedelta(minutes=5))
    for steps in (-2, 2):
        answer = auth.post("login", **SIGN_IN, totp_code=app.code(steps))
        assert problem(answer) == (401, "second_factor_invalid")
    for steps in (-1, 0, 1):
        auth.login(EVE, PASSWORD, totp_code=app.code(steps))


def test_many_sign_ins_at_once_with_one_code_open_one_session(auth, session) -> None:
    app, _ = enrolled(auth, session)
    code = app.fresh_code()
    with ThreadPoolExecutor(4) as threads:
        answers = list(
            threads.map(lambda _: auth.post("login", **SIGN_IN, totp_code=code), range(4))
        )
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


def test_a_recovery_code_signs_in_once(auth, session, problem) -> None:
    _, codes = enrolled(auth, session)
    typed = f"{codes[0][:5]}-{codes[0][5:]}".lower()
    assert claims(auth.login(EVE, PASSWORD, recovery_code=typed))["amr"] == ["pwd", "mfa"]
    again = auth.post("login", **SIGN_IN, recovery_code=codes[0])
    assert problem(again) == (401, "second_factor_invalid")
    auth.login(EVE, PASSWORD, recovery_code=codes[1])
    assert len(auth.audited("recovery_code_used")) == 2


def test_new_recovery_codes_end_the_old_ones(auth, session, problem) -> None:
    app, old = enrolled(auth, session)
    token = session["access_token"]
    no_code = auth.post("totp/recovery-codes", token, code=old[0])
    assert problem(no_code) == (400, "invalid_request")
    answer = auth.post("totp/recovery-codes", token, code=app.fresh_code())
    assert answer.status_code == 200
    gone = auth.post("login", **SIGN_IN, recovery_code=old[0])
    assert problem(gone) == (401, "second_factor_invalid")
    auth.login(EVE, PASSWORD, recovery_code=answer.json["recovery_codes"][0])


@pytest.mark.parametrize("by", ["totp", "recovery"])
def test_turned_off_it_is_asked_for_no_longer(auth, session, problem, by: str) -> None:
    app, codes = enrolled(auth, session)
    token = session["access_token"]
    wrong = auth.post("totp/disable", token, code="no such code")
    assert problem(wrong) == (400, "totp_code_invalid")
    code = app.fresh_code() if by == "totp" else codes[3]
    assert auth.post("totp/disable", token, code=code).status_code == 204
    assert claims(auth.login(EVE, PASSWORD))["amr"] == ["pwd"]
    renewed = auth.post("refresh", refresh_token=session["refresh_token"]).json
    assert claims(renewed)["amr"] == ["pwd"]
    assert renewed["user"]["second_factor"] is False
    for operation in ("totp/confirm", "totp/disable", "totp/recovery-codes"):
        answer = auth.post(operation, token, code="123456")
        assert problem(answer) == (409, "totp_not_enrolled")
    assert len(auth.audited("second_factor_disabled")) == 1


@pytest.mark.parametrize("operation", ["totp/confirm", "totp/disable", "totp/recovery-codes"])
def test_guessing_codes_is_blocked(auth, session, problem, operation: str) -> None:
    if operation == "totp/confirm":
        app = Authenticator(auth.post("totp", session["access_token"]).json["secret"], auth.clock)
    else:
        app, _ = enrolled(auth, session)
        app.fresh_code()
    guess = f"{(int(app.code()) + 500_000) % 1_000_000:06}"
    for _ in range(5):
        answer = auth.post(operation, session["access_token"], code=guess)
        assert problem(answer) == (400, "totp_code_invalid")
    blocked = auth.post(operation, session["access_token"], code=app.code())
    assert problem(blocked) == (429, "login_blocked")
    assert 0 < int(blocked.headers["Retry-After"]) <= 30
    auth.clock.advance(timedelta(seconds=31))
    answer = auth.post(operation, session["access_token"], code=app.code())
    assert answer.status_code in {200, 204}


def test_guessing_codes_at_sign_in_is_blocked(auth, session, problem) -> None:
    app, _ = enrolled(auth, session)
    code = app.fresh_code()
    guess = f"{(int(code) + 500_000) % 1_000_000:06}"
    for _ in range(5):
        answer = auth.post("login", **SIGN_IN, totp_code=guess)
        assert problem(answer) == (401, "second_factor_invalid")
    assert problem(auth.post("login", **SIGN_IN, totp_code=code)) == (429, "login_blocked")


def test_the_database_alone_reveals_no_code(auth, session) -> None:
    secret = auth.post("totp", session["access_token"]).json["secret"]
    app = Authenticator(secret, auth.clock)
    answer = auth.post("totp/confirm", session["access_token"], code=app.code())
    with auth.engine.connect() as connection:
        kept = connection.execute(sa.select(totp.c.secret)).scalar_one()
        hashes = connection.execute(sa.select(recovery_codes.c.hash)).scalars().all()
    assert secret.encode() not in kept
    assert len(hashes) == 10
    codes = [code.encode() for code in answer.json["recovery_codes"]]
    assert all(len(hashed) == 32 and hashed not in codes for hashed in hashes)


@pytest.mark.parametrize(
    "code", ["12345", "1234567", "12345a", "", " 123456", "١٢٣٤٥٦", None, 123456]
)
def test_what_is_no_code_is_refused(auth, session, problem, code: object) -> None:
    answer = auth.post("totp/confirm", session["access_token"], code=code)
    assert problem(answer) == (400, "invalid_request")
    assert answer.json["errors"][0]["pointer"] == "/code"
