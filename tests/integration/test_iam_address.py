"""The address of the signer is a setting: a private endpoint, where there is one."""

from collections.abc import Iterator
from datetime import timedelta

import google.auth
import pytest
from google.oauth2.credentials import Credentials

from shared import wiring
from shared.adapters.gcp.iam_session import build_session
from shared.domain.identity import Principal
from shared.runtime.settings import IdentitySettings
from tests.fakes.scripted_http import ScriptedHttp

ACCOUNT = "auth@demo.iam.gserviceaccount.com"


@pytest.fixture
def signer(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedHttp]:
    """Whoever asks has an identity of Google Cloud."""
    monkeypatch.setattr(google.auth, "default", lambda scopes: (Credentials("own"), scopes))
    build_session.cache_clear()
    with ScriptedHttp((200, {"signedJwt": "signed"})) as signer:
        yield signer
        build_session().close()
    build_session.cache_clear()


def test_tokens_are_signed_where_the_settings_say(signer: ScriptedHttp) -> None:
    settings = IdentitySettings(
        signer="google", token_account=ACCOUNT, own_account=ACCOUNT, iam_url=signer.url
    )
    issuer = wiring.token_issuer(settings)
    assert issuer.issue(Principal("eve", "learner"), "rostrum", timedelta(minutes=1)) == "signed"
    assert signer.asked[-1].path.endswith(f"/serviceAccounts/{ACCOUNT}:signJwt")
