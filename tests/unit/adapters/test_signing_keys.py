"""Keys in a folder: made once, rotated so that no verifier and no token is left behind."""

import json
from datetime import timedelta
from pathlib import Path
from threading import Thread

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.adapters.embedded import signing_keys
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.identity import LocalTokens
from shared.adapters.embedded.signing_keys import (
    KEEP_AFTER_USE,
    PUBLISH_BEFORE_USE,
    PublicKeyFile,
    create_keys,
    prune,
    revoke,
    rotate,
)
from shared.domain.errors import Unauthenticated
from shared.domain.identity import Principal
from tests.fakes.clock import StillClock

EVE = Principal("eve", "learner")
QUARTER = timedelta(minutes=15)
SECOND = timedelta(seconds=1)


class Running(SystemClock):
    """The machine's clock, ahead by `ahead`: tokens' times are checked against the machine's."""

    ahead = timedelta()

    def now(self):
        return super().now() + self.ahead


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_keys(tmp_path)
    return tmp_path


@pytest.fixture
def clock() -> Running:
    return Running()


def tokens(folder: Path, clock: SystemClock) -> LocalTokens:
    return LocalTokens(folder, "rostrum-local", "rostrum", clock)


def issue(issuer: LocalTokens, lifetime: timedelta = timedelta(hours=2)) -> str:
    return issuer.issue(EVE, "rostrum", lifetime)


def kid(token: str) -> str:
    return jwt.get_unverified_header(token)["kid"]


def published(folder: Path) -> list[str]:
    return [key["kid"] for key in json.loads((folder / "jwks.json").read_text())["keys"]]


def test_the_first_key_signs_at_once_and_stays(folder: Path, clock: Running) -> None:
    token = issue(tokens(folder, clock))
    create_keys(folder)
    assert [kid(token)] == published(folder)
    assert tokens(folder, clock).verify(token) == EVE


def test_private_keys_are_their_owners_alone(folder: Path, clock: Running) -> None:
    rotate(folder, clock.now())
    private = [*folder.glob("*.pem"), folder / "signing.json"]
    assert len(private) == 3
    assert all(path.stat().st_mode & 0o077 == 0 for path in private)
    for key in json.loads((folder / "jwks.json").read_text())["keys"]:
        assert key.keys() == {"kty", "n", "e", "kid", "alg", "use"}


def test_a_new_key_is_published_at_once_and_signs_later(folder: Path, clock: Running) -> None:
    issuer = tokens(folder, clock)
    (old,) = published(folder)
    new = rotate(folder, clock.now())
    assert published(folder) == [old, new.id]
    assert kid(issue(issuer)) == old
    clock.ahead = PUBLISH_BEFORE_USE - SECOND
    assert kid(issue(issuer)) == old
    clock.ahead = PUBLISH_BEFORE_USE + SECOND
    assert kid(issue(issuer)) == new.id


def test_a_verifier_that_was_there_before_takes_old_and_new_tokens(
    folder: Path, clock: Running
) -> None:
    verifier = tokens(folder, SystemClock())
    before = issue(tokens(folder, clock))
    rotate(folder, clock.now(), publish_before_use=timedelta())
    after = issue(tokens(folder, clock))
    assert kid(before) != kid(after)
    assert verifier.verify(before) == verifier.verify(after) == EVE


def test_an_old_key_goes_when_its_last_token_has_expired(folder: Path, clock: Running) -> None:
    (old,) = published(folder)
    token = issue(tokens(folder, clock))
    new = rotate(folder, clock.now()).id
    handed_over = clock.now() + PUBLISH_BEFORE_USE
    prune(folder, handed_over + QUARTER)
    assert published(folder) == [old, new]
    assert tokens(folder, clock).verify(token) == EVE
    verifier = tokens(folder, clock)
    prune(folder, handed_over + KEEP_AFTER_USE + SECOND)
    assert published(folder) == [new]
    assert [path.stem for path in folder.glob("*.pem")] == [new]
    with pytest.raises(Unauthenticated):
        verifier.verify(token)


def test_rotating_removes_what_is_over(folder: Path, clock: Running) -> None:
    seen = set(published(folder))
    for hours in range(1, 6):
        seen.add(rotate(folder, clock.now() + timedelta(hours=hours)).id)
        assert len(published(folder)) <= 3
    assert len(seen) == 6


def test_a_second_rotation_soon_after_keeps_every_key_a_token_may_have(
    folder: Path, clock: Running
) -> None:
    first, second = (rotate(folder, clock.now() + minutes * 60 * SECOND) for minutes in (0, 5))
    assert len(published(folder)) == 3
    clock.ahead = timedelta(minutes=12)
    assert kid(issue(tokens(folder, clock))) == first.id
    clock.ahead = timedelta(minutes=16)
    assert kid(issue(tokens(folder, clock))) == second.id


def test_a_folder_with_one_named_key_is_taken_over(tmp_path: Path, clock: Running) -> None:
    private = rsa.generate_private_key(65537, 2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / "token.pem").write_bytes(pem)
    public = jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    entry = public | {"kid": "old", "alg": "RS256", "use": "sig"}
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [entry]}))
    create_keys(tmp_path)
    token = issue(tokens(tmp_path, clock))
    assert kid(token) == "old"
    new = rotate(tmp_path, clock.now())
    assert published(tmp_path) == ["old", new.id]
    assert tokens(tmp_path, clock).verify(token) == EVE
    clock.ahead = PUBLISH_BEFORE_USE + SECOND
    assert kid(issue(tokens(tmp_path, clock))) == new.id
    prune(tmp_path, clock.now() + KEEP_AFTER_USE)
    assert published(tmp_path) == [new.id]
    assert not (tmp_path / "token.pem").exists()


@pytest.mark.parametrize("step", ["_publish", "_remember"])
def test_a_crash_in_the_middle_harms_nothing(
    folder: Path, clock: Running, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    token = issue(tokens(folder, clock))

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(signing_keys, step, crash)
        with pytest.raises(KeyboardInterrupt):
            rotate(folder, clock.now())
    assert tokens(folder, clock).verify(token) == EVE
    assert tokens(folder, clock).verify(issue(tokens(folder, clock))) == EVE
    new = rotate(folder, clock.now())
    assert published(folder) == [kid(token), new.id]
    assert {path.stem for path in folder.glob("*.pem")} == {kid(token), new.id}


def test_revoking_leaves_one_new_key(folder: Path, clock: Running) -> None:
    verifier = tokens(folder, clock)
    stolen = issue(verifier)
    rotate(folder, clock.now())
    new = revoke(folder, clock.now())
    assert published(folder) == [new.id] == [path.stem for path in folder.glob("*.pem")]
    with pytest.raises(Unauthenticated):
        verifier.verify(stolen)
    assert verifier.verify(issue(verifier)) == EVE


def test_several_rotations_at_once_lose_no_key(folder: Path, clock: Running) -> None:
    made: list[str] = []
    now = clock.now()
    threads = [Thread(target=lambda: made.append(rotate(folder, now).id)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(made) < set(published(folder))
    assert len(published(folder)) == 7


def test_an_unknown_id_reads_the_file_again_once_a_second(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = StillClock()
    keys = PublicKeyFile(folder, clock)
    reads = []
    read = PublicKeyFile._read
    monkeypatch.setattr(PublicKeyFile, "_read", lambda self: (reads.append(1), read(self)))
    for _ in range(5):
        assert keys.key("unknown") is None
    assert reads == []
    clock.advance(1)
    for _ in range(5):
        assert keys.key("unknown") is None
    assert len(reads) == 1


def test_a_broken_file_leaves_the_last_good_keys(folder: Path, clock: Running) -> None:
    verifier = tokens(folder, clock)
    token = issue(verifier)
    for content in ("", "[]", '{"keys": [{"kty": "RSA"}]}'):
        (folder / "jwks.json").write_text(content)
        assert verifier.verify(token) == EVE
    (folder / "jwks.json").unlink()
    assert verifier.verify(token) == EVE
