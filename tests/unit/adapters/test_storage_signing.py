"""URLs of Cloud Storage signed through IAM: what is signed, how often, and when IAM fails."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256

from shared.adapters.gcp.iam_blobs import IamBlobs
from shared.adapters.gcp.storage import StorageObjects, build_client
from shared.domain.errors import Unavailable
from tests.fakes.iam import FakeIam

ACCOUNT = "practice@rostrum-test.iam.gserviceaccount.com"
SIGNING = f"/v1/projects/-/serviceAccounts/{ACCOUNT}:signBlob"
PUBLIC = "http://127.0.0.1:8080/storage"


@pytest.fixture
def iam() -> Iterator[FakeIam]:
    with FakeIam() as iam:
        yield iam


@pytest.fixture
def signer(iam: FakeIam) -> Iterator[IamBlobs]:
    with iam.session() as session:
        yield IamBlobs(ACCOUNT, session, iam.url, sleep=lambda _: None)


@pytest.fixture
def objects(signer: IamBlobs) -> StorageObjects:
    # No request goes there: signing asks IAM alone.
    client = build_client("demo-rostrum", emulator_host="http://127.0.0.1:9")
    return StorageObjects(client, "uploads", signer, public_url=PUBLIC)


def terms(**changes: object) -> dict:
    expires_at = datetime(2100, 1, 1, tzinfo=UTC)
    return {"content_type": "audio/webm", "max_bytes": 100, "expires_at": expires_at} | changes


@pytest.fixture
def soon() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=15)


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_iam_signs_with_the_accounts_key(iam: FakeIam, signer: IamBlobs) -> None:
    signature = signer.sign_bytes(b"message")
    _, key = iam.signer(ACCOUNT)
    key.public_key().verify(signature, b"message", padding.PKCS1v15(), SHA256())
    assert iam.requests == [SIGNING]


def test_an_upload_binds_type_size_and_generation(objects: StorageObjects, soon: datetime) -> None:
    signed = objects.signed_upload("a/b", **terms(expires_at=soon))
    assert signed.url.startswith(f"{PUBLIC}/uploads/a/b?")
    assert signed.headers == {
        "Content-Type": "audio/webm",
        "x-goog-content-length-range": "0,100",
        "x-goog-if-generation-match": "0",
    }
    assert set(query(signed.url)["X-Goog-SignedHeaders"].split(";")) == {
        "host",
        *(name.lower() for name in signed.headers),
    }


def test_a_resumable_upload_is_started_under_the_same_terms(
    objects: StorageObjects, soon: datetime
) -> None:
    plain = objects.signed_upload("a/b", **terms(expires_at=soon))
    signed = objects.resumable_upload("a/b", **terms(expires_at=soon))
    assert signed.headers == {**plain.headers, "x-goog-resumable": "start"}
    assert "x-goog-resumable" in query(signed.url)["X-Goog-SignedHeaders"].split(";")


def test_the_same_terms_are_signed_once(
    iam: FakeIam, objects: StorageObjects, soon: datetime
) -> None:
    first = objects.signed_upload("a", **terms(expires_at=soon))
    assert objects.signed_upload("a", **terms(expires_at=soon)) == first
    assert iam.requests == [SIGNING]
    others = [
        objects.signed_upload("b", **terms(expires_at=soon)),
        objects.signed_upload("a", **terms(expires_at=soon, max_bytes=101)),
        objects.signed_upload("a", **terms(expires_at=soon, content_type="audio/ogg")),
        objects.signed_upload("a", **terms(expires_at=soon + timedelta(seconds=1))),
    ]
    assert len({first.url, *(each.url for each in others)}) == 5
    assert len(iam.requests) == 5


def test_an_expiry_in_the_past_leaves_no_time(objects: StorageObjects) -> None:
    past = datetime.now(UTC) - timedelta(hours=1)
    signed = objects.signed_upload("a", **terms(expires_at=past))
    assert query(signed.url)["X-Goog-Expires"] == "0"


@pytest.mark.parametrize("faults", [[503], [429, 500], [0]])
def test_a_signer_that_recovers_is_asked_again(
    iam: FakeIam, objects: StorageObjects, soon: datetime, faults: list[int]
) -> None:
    iam.faults = list(faults)
    assert "X-Goog-Signature" in query(objects.signed_download("a", expires_at=soon))
    assert len(iam.requests) == len(faults) + 1


@pytest.mark.parametrize("faults", [[503, 503, 503], [403], [0, 0, 0]])
def test_a_signer_that_fails_is_unavailable_and_not_remembered(
    iam: FakeIam, objects: StorageObjects, soon: datetime, faults: list[int]
) -> None:
    iam.faults = list(faults)
    with pytest.raises(Unavailable) as caught:
        objects.signed_upload("a", **terms(expires_at=soon))
    assert caught.value.code == "signer_unavailable"
    assert len(iam.requests) == len(faults)
    assert objects.signed_upload("a", **terms(expires_at=soon)).url


@pytest.mark.parametrize(
    ("filename", "header"),
    [
        ("export.zip", 'attachment; filename="export.zip"'),
        ("Ü.zip", "attachment; filename=\"_.zip\"; filename*=UTF-8''%C3%9C.zip"),
        ('a"b.zip', "attachment; filename=\"a_b.zip\"; filename*=UTF-8''a%22b.zip"),
        ("a\r\nb", "attachment; filename=\"a__b\"; filename*=UTF-8''a%0D%0Ab"),
    ],
)
def test_a_filename_is_signed_as_rfc_6266_says(
    objects: StorageObjects, soon: datetime, filename: str, header: str
) -> None:
    url = objects.signed_download("a", expires_at=soon, filename=filename)
    assert query(url)["response-content-disposition"] == header


def test_no_filename_asks_for_no_header(objects: StorageObjects, soon: datetime) -> None:
    url = objects.signed_download("a", expires_at=soon)
    assert "response-content-disposition" not in query(url)
