"""Signatures of URLs by a service account through IAM: no private key outside Google."""

import base64
import binascii
import time
from collections.abc import Callable

import requests
from google.auth.credentials import Signing

from shared.adapters.gcp.iam_signer import DEFAULT_URL, IamSigner
from shared.domain.errors import Unavailable


class IamBlobs(Signing):
    """What `generate_signed_url` of google-cloud-storage takes as `credentials`: RSA-SHA256.

    Fails as `IamSigner` does.
    """

    def __init__(
        self,
        account: str,
        session: requests.Session,
        base_url: str = DEFAULT_URL,
        *,
        timeout_s: float = 2.0,
        attempts: int = 3,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._account = account
        self._iam = IamSigner(
            account, session, base_url, timeout_s=timeout_s, attempts=attempts, sleep=sleep
        )

    def sign_bytes(self, message: bytes) -> bytes:
        signed = self._iam.sign("signBlob", base64.b64encode(message).decode(), "signedBlob")
        try:
            return base64.b64decode(signed, validate=True)
        except binascii.Error as error:
            raise Unavailable("The signer answered badly.", code="signer_unavailable") from error

    @property
    def signer_email(self) -> str:
        return self._account

    @property
    def signer(self) -> "IamBlobs":
        return self
