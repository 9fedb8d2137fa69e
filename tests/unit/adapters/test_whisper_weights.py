import hashlib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from shared.adapters.embedded.whisper_weights import MODEL, assemble, weights_digest
from shared.domain.errors import Unavailable

CONTENT = b"weights " * 200_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
CONFIG = b'{"alignment_heads": []}'
COMPANIONS = {"config.json": hashlib.sha256(CONFIG).hexdigest()}


@pytest.fixture
def parts(tmp_path):
    source = tmp_path / "package"
    source.mkdir()
    (source / "config.json").write_bytes(CONFIG)
    paths = [source / "model.bin.part1", source / "model.bin.part2"]
    paths[0].write_bytes(CONTENT[:900_001])
    paths[1].write_bytes(CONTENT[900_001:])
    return paths


def put_together(directory, parts, sha256=SHA256, companions=COMPANIONS):
    return assemble(directory, parts=parts, sha256=sha256, companions=companions)


def test_the_parts_become_one_model_beside_its_companions(tmp_path, parts):
    target = put_together(tmp_path / "models", parts)
    assert (target / MODEL).read_bytes() == CONTENT
    assert (target / "config.json").read_bytes() == CONFIG
    assert weights_digest(target) == SHA256
    assert sorted(path.name for path in target.iterdir()) == [
        *("config.json", MODEL, f"{MODEL}.sha256")
    ]


def test_the_second_time_nothing_is_read_again(tmp_path, parts):
    target = put_together(tmp_path / "models", parts)
    for part in parts:
        part.unlink()
    assert put_together(tmp_path / "models", parts) == target


@pytest.mark.parametrize("wrong", ["model", "companion"])
def test_a_wrong_hash_is_refused_with_a_reason_and_leaves_nothing_usable(tmp_path, parts, wrong):
    companions = {"config.json": "0" * 64} if wrong == "companion" else COMPANIONS
    sha256 = "0" * 64 if wrong == "model" else SHA256
    with pytest.raises(Unavailable, match=r"has SHA-256 \w+, not 0000") as failure:
        put_together(tmp_path / "models", parts, sha256, companions)
    assert failure.value.code == "recognizer_unavailable"
    assert not [path for path in (tmp_path / "models").rglob("*") if path.name.startswith(MODEL)]


def test_a_missing_part_is_unavailable(tmp_path, parts):
    parts[1].unlink()
    with pytest.raises(Unavailable) as failure:
        put_together(tmp_path / "models", parts)
    assert failure.value.code == "recognizer_unavailable"


def test_a_truncated_model_is_made_anew(tmp_path, parts):
    target = put_together(tmp_path / "models", parts)
    (target / MODEL).write_bytes(CONTENT[:1_000])
    assert (put_together(tmp_path / "models", parts) / MODEL).read_bytes() == CONTENT


def test_racing_processes_all_get_the_complete_model(tmp_path, parts):
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        racers = [pool.submit(put_together, tmp_path / "models", parts) for _ in range(8)]
        targets = {racer.result() for racer in racers}
    (target,) = targets
    assert (target / MODEL).read_bytes() == CONTENT
    assert {path.name for path in target.iterdir()} == {*("config.json", MODEL, f"{MODEL}.sha256")}


def test_the_digest_of_a_model_from_elsewhere_is_computed(tmp_path):
    (tmp_path / MODEL).write_bytes(CONTENT)
    assert weights_digest(tmp_path) == SHA256
