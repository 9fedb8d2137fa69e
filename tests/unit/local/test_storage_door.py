"""The storage door against URLs that google-cloud-storage itself signs with the same key.

The contract suite of objects goes through the door as well; here is what that does not reach.
"""

import base64
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from google.auth import crypt
from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Client
from google.oauth2.service_account import Credentials
from pydantic import ValidationError

from local.emulators.storage_door.main import create_app
from local.emulators.storage_door.refusals import RefusalError
from local.emulators.storage_door.settings import Settings
from local.emulators.storage_door.signer_key import signing_key
from local.emulators.storage_door.verification import SignedRequest, SignedUrls, Terms

ACCOUNT = "practice@demo-rostrum.iam.gserviceaccount.com"
PUBLIC = "http://127.0.0.1:8080/storage"
HEADERS = {
    "Content-Type": "audio/webm",
    "x-goog-content-length-range": "1,100",
    "x-goog-if-generation-match": "0",
}
Sign = Callable[..., SignedRequest]


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("secrets") / "deep" / "signer.pem"


@pytest.fixture
def urls(key_file: Path) -> SignedUrls:
    return SignedUrls(ACCOUNT, signing_key(key_file).public_key())


@pytest.fixture
def sign(key_file: Path) -> Iterator[Sign]:
    """The request a client makes of a URL that the library signed for an account's key file."""
    pem = signing_key(key_file).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signer = crypt.RSASigner.from_string(pem)

    def sign(
        method: str = "PUT", name: str = "a/b", account: str = ACCOUNT, **options: object
    ) -> SignedRequest:
        credentials = Credentials(signer, account, "https://oauth2.example/token")
        options = {"expiration": timedelta(minutes=5), "headers": dict(HEADERS), **options}
        url = (
            client.bucket("uploads")
            .blob(name)
            .generate_signed_url(
                version="v4",
                method=method,
                api_access_endpoint=PUBLIC,
                credentials=credentials,
                **options,
            )
        )
        sent = {"host": "127.0.0.1:8080", **{k.lower(): v for k, v in HEADERS.items()}}
        params = list(httpx.URL(url).params.multi_items())
        return SignedRequest(method, f"/uploads/{name}", params, sent)

    with Client("demo", credentials=AnonymousCredentials()) as client:
        yield sign


def refused(urls: SignedUrls, request: SignedRequest, at: datetime | None = None) -> str:
    with pytest.raises(RefusalError) as caught:
        urls.verify(request, at or datetime.now(UTC))
    return caught.value.code


def changed(request: SignedRequest, **changes: str) -> SignedRequest:
    """With these query parameters, `X_Goog_Date` for X-Goog-Date; an empty one is left out."""
    query = dict(request.query) | {name.replace("_", "-"): v for name, v in changes.items()}
    kept = [(name, value) for name, value in query.items() if value]
    return SignedRequest(request.method, request.path, kept, request.headers)


@pytest.mark.parametrize("name", ["a/b", "a b+c&d=e", "übung/日本", "100%25/~x'(1)*!"])
@pytest.mark.parametrize("method", ["PUT", "GET", "POST"])
def test_what_the_library_signs_is_taken(
    urls: SignedUrls, sign: Sign, method: str, name: str
) -> None:
    terms = urls.verify(sign(method, name), datetime.now(UTC))
    assert terms == Terms("audio/webm", 1, 100, "0")


def test_further_query_parameters_are_signed(urls: SignedUrls, sign: Sign) -> None:
    disposition = "attachment; filename*=UTF-8''%C3%9C b.zip"
    request = sign("GET", response_disposition=disposition)
    urls.verify(request, datetime.now(UTC))
    other = changed(request, response_content_disposition="attachment; filename=other")
    assert refused(urls, other) == "SignatureDoesNotMatch"


def test_a_url_lives_to_its_last_second(urls: SignedUrls, sign: Sign) -> None:
    request = sign()
    end = datetime.fromisoformat(dict(request.query)["X-Goog-Date"]) + timedelta(minutes=5)
    urls.verify(request, end)
    assert refused(urls, request, end + timedelta(microseconds=1)) == "ExpiredToken"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"X_Goog_Signature": ""}, "AccessDenied"),
        ({"X_Goog_Signature": "00"}, "SignatureDoesNotMatch"),
        ({"X_Goog_Signature": "not hex"}, "SignatureDoesNotMatch"),
        ({"X_Goog_Expires": "301"}, "SignatureDoesNotMatch"),
        ({"X_Goog_Expires": "604801"}, "MalformedSecurityHeader"),
        ({"X_Goog_Expires": "-1"}, "MalformedSecurityHeader"),
        ({"X_Goog_Expires": "9" * 40}, "MalformedSecurityHeader"),
        ({"X_Goog_Date": ""}, "MalformedSecurityHeader"),
        ({"X_Goog_Date": "yesterday"}, "MalformedSecurityHeader"),
        ({"X_Goog_Date": "20200101T000000Z"}, "SignatureDoesNotMatch"),
        ({"X_Goog_Algorithm": "none"}, "SignatureDoesNotMatch"),
        ({"X_Goog_Credential": "eve@demo/x"}, "SignatureDoesNotMatch"),
        ({"X_Goog_SignedHeaders": ""}, "MalformedSecurityHeader"),
        ({"X_Goog_SignedHeaders": "host"}, "MalformedSecurityHeader"),
        ({"more": "1"}, "SignatureDoesNotMatch"),
    ],
)
def test_changed_parameters_are_refused(
    urls: SignedUrls, sign: Sign, changes: dict[str, str], code: str
) -> None:
    assert refused(urls, changed(sign(), **changes)) == code


def test_another_method_host_or_account_is_refused(urls: SignedUrls, sign: Sign) -> None:
    request = sign()
    method = SignedRequest("GET", request.path, request.query, request.headers)
    assert refused(urls, method) == "SignatureDoesNotMatch"
    elsewhere = {**request.headers, "host": "elsewhere"}
    host = SignedRequest("PUT", request.path, request.query, elsewhere)
    assert refused(urls, host) == "SignatureDoesNotMatch"
    stranger = sign(account="eve@demo-rostrum.iam.gserviceaccount.com")
    assert refused(urls, stranger) == "SignatureDoesNotMatch"


def test_a_header_of_google_that_was_not_signed_is_refused(urls: SignedUrls, sign: Sign) -> None:
    request = sign()
    headers = {**request.headers, "x-goog-acl": "public-read"}
    more = SignedRequest("PUT", request.path, request.query, headers)
    assert refused(urls, more) == "MalformedSecurityHeader"


def test_the_key_is_made_once_and_for_its_owner_alone(key_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "new" / "signer.pem"
    made = signing_key(path).public_key()
    assert signing_key(path).public_key() == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert signing_key(key_file).public_key() != made


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_it_does_not_run_in_production(environment: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="not for staging or prod"):
        Settings(
            environment=environment,
            engine="google",
            own_account=ACCOUNT,
            objects_url=PUBLIC,
            STORAGE_EMULATOR_HOST="http://127.0.0.1:9",
            signer_key=tmp_path / "signer.pem",
        )


def test_it_signs_blobs_as_its_own_account_only(key_file: Path) -> None:
    settings = Settings(
        own_account=ACCOUNT,
        objects_url=PUBLIC,
        STORAGE_EMULATOR_HOST="http://127.0.0.1:9",
        signer_key=key_file,
    )
    client = create_app(settings).test_client()
    path = "/v1/projects/-/serviceAccounts/{}:signBlob"
    body = {"payload": base64.b64encode(b"message").decode()}
    answer = client.post(path.format(ACCOUNT), json=body)
    signature = base64.b64decode(answer.get_json()["signedBlob"])
    key = signing_key(key_file).public_key()
    key.verify(signature, b"message", padding.PKCS1v15(), SHA256())
    assert client.post(path.format("eve@demo"), json=body).status_code == 403
    assert client.post(path.format(ACCOUNT), json={}).status_code == 400
    store_away = client.put(urlsplit(PUBLIC).path + "/uploads/a", data=b"x")
    assert (store_away.status_code, b"AccessDenied" in store_away.data) == (403, True)
