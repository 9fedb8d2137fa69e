"""Clients are built by the first call, which must not fail in a way that is Google's own."""

from collections.abc import Callable

import google.auth
import pytest
from google.auth.exceptions import DefaultCredentialsError

from shared.adapters.gcp import firestore, iam_session, speech, storage, texttospeech
from shared.domain.errors import Unavailable

BUILT: dict[str, Callable[[], object]] = {
    "firestore": lambda: firestore.build_client("nowhere", "(default)"),
    "storage": lambda: storage.build_client("nowhere"),
    "iam": iam_session.build_session,
    "speech": lambda: speech.build_client("nowhere"),
    "text_to_speech": lambda: texttospeech.build_client("nowhere"),
}


@pytest.mark.parametrize("build", BUILT.values(), ids=BUILT)
def test_without_credentials_it_is_unavailable(
    build: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(*_: object, **__: object) -> None:
        raise DefaultCredentialsError("no metadata server")

    monkeypatch.setattr(google.auth, "default", absent)
    for _ in range(2):
        with pytest.raises(Unavailable):
            build()
