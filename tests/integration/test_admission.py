"""ID tokens for Cloud Run: asked of IAM for one service, kept for most of their hour."""

from collections.abc import Iterator

import jwt
import pytest

from shared import wiring_identity
from shared.adapters.gcp.admission import CloudRunAdmission
from shared.domain.errors import Unavailable
from shared.runtime.settings import IdentitySettings
from tests.fakes.iam import FakeIam

ACCOUNT = "fn-feedback-writer@rostrum-test.iam.gserviceaccount.com"
SERVICE = "https://ai-gateway-abc-ew.a.run.app"


@pytest.fixture
def iam() -> Iterator[FakeIam]:
    with FakeIam() as fake:
        yield fake


def audience(token: str) -> str:
    return str(jwt.decode(token, options={"verify_signature": False})["aud"])


def test_a_token_is_for_one_service_and_kept(iam: FakeIam) -> None:
    seconds = [0.0]
    admission = CloudRunAdmission(ACCOUNT, iam.session(), iam.url, clock=lambda: seconds[0])
    first = admission.token(SERVICE)
    assert audience(first) == SERVICE
    assert admission.token(SERVICE) == first
    assert audience(admission.token("https://course.run.app")) == "https://course.run.app"
    assert len(iam.requests) == 2
    seconds[0] = 3001.0
    admission.token(SERVICE)
    assert len(iam.requests) == 3


def test_without_permission_the_call_is_not_made(iam: FakeIam) -> None:
    iam.faults = [403]
    with pytest.raises(Unavailable, match="did not answer"):
        CloudRunAdmission(ACCOUNT, iam.session(), iam.url).token(SERVICE)


def test_no_token_goes_where_no_platform_asks_for_one() -> None:
    settings = IdentitySettings(signer="google", token_account=ACCOUNT, own_account=ACCOUNT)
    assert wiring_identity.admission(settings, "http://127.0.0.1:8080") is None
    assert wiring_identity.admission(settings, SERVICE) is not None
