"""Features as bytes: nothing is lost, nothing is guessed."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest

from shared.domain.errors import AppError
from shared.domain.transcription import HeardWord, Transcriber, Transcription
from shared.speech import stored_features
from shared.speech.alignment import AlignedWord
from shared.speech.features import Features, Melody
from shared.speech.phone_evidence import GROUP_VALUES, PHONE_VALUES, PhoneEvidence
from shared.speech.phones import PHONES
from shared.speech.quality import Quality
from shared.speech.sounds import POSTERIORS
from shared.speech.stored_evidence import storable
from shared.speech.stored_features import pack, unpack
from shared.speech.text_evidence import SentenceEvidence, TextEvidence
from tests.fakes.features import rewritten

COUNTS = (7, 3)


def sentence(count: int, seed: int) -> SentenceEvidence:
    random = np.random.default_rng(seed)
    return SentenceEvidence(
        PhoneEvidence(
            phones=random.integers(0, len(PHONES), count),
            words=np.sort(random.integers(0, 1000, count)),
            values=random.normal(size=(count, PHONE_VALUES)).astype(np.float32),
            frames=random.normal(size=(count, 512)).astype(np.float32),
            group=random.normal(size=GROUP_VALUES).astype(np.float32),
        ),
        times_s=random.random((count, 2)) * 180,
    )


@pytest.fixture
def features() -> Features:
    sounds = TextEvidence(
        tuple(sentence(count, seed) for seed, count in enumerate(COUNTS)),
        frozenset({3, 11}),
        -1.0 / 3,
    )
    words = (HeardWord("naïve", 0.1, 0.2 + 0.1, 1 / 3), HeardWord("um", 0.5, 0.7))
    return Features(
        codec="opus",
        duration_s=1 / 3,
        damaged=True,
        segments=((0.1, 0.2 + 0.1), (0.5, 0.7)),
        chunks=((0.0, 0.9),),
        quality=Quality(-20.1, 31.7, 0.001),
        melody=Melody(5.5, None, 1.25),
        transcription=Transcription(words, Transcriber("w", "1"), "en", 0.98, keeps_fillers=True),
        aligned=(
            AlignedWord("correct", range(1), range(1)),
            AlignedWord("filler", range(1, 1), range(1, 2)),
        ),
        sounds=storable(sounds),
        clear_share=1 / 3,
    )


def differences(one: Any, other: Any, place: str = "features") -> list[str]:
    """Where the two are not the same, bit by bit."""
    if isinstance(one, np.ndarray):
        same = one.dtype == other.dtype and one.shape == other.shape
        return [] if same and one.tobytes() == other.tobytes() else [place]
    if is_dataclass(one):
        found = [
            differences(getattr(one, each.name), getattr(other, each.name), f"{place}.{each.name}")
            for each in fields(one)
        ]
    elif isinstance(one, tuple) and len(one) == len(other):
        found = [
            differences(*pair, f"{place}[{index}]")
            for index, pair in enumerate(zip(one, other, strict=True))
        ]
    else:
        return [] if type(one) is type(other) and one == other else [place]
    return [fault for faults in found for fault in faults]


def test_every_field_comes_back_bit_by_bit(features: Features) -> None:
    assert differences(features, unpack(pack(features))) == []
    assert pack(unpack(pack(features))) == pack(features)
    # All of them hold something here, so that one that is forgotten would be missed.
    kept = (features, features.transcription)
    empty = [each.name for part in kept for each in fields(part) if not getattr(part, each.name)]
    assert empty == ["frames"]


def test_free_speech_has_no_arrays(features: Features) -> None:
    spoken = replace(features, aligned=(), sounds=None)
    assert differences(spoken, unpack(pack(spoken))) == []
    assert len(pack(spoken)) < 1000


def test_a_text_of_which_nothing_was_found(features: Features) -> None:
    nothing = replace(features, sounds=TextEvidence((), frozenset({0}), -99.0))
    assert differences(nothing, unpack(pack(nothing))) == []


def test_storing_again_rounds_no_further(features: Features) -> None:
    assert features.sounds is not None
    assert differences(storable(features.sounds), features.sounds) == []


def test_what_is_rounded_stays_close() -> None:
    exact = sentence(50, 5)
    rounded = storable(TextEvidence((exact,), frozenset(), 0.0)).sentences[0]
    assert np.abs(rounded.phones.frames - exact.phones.frames).max() <= 1 / 64
    assert np.allclose(rounded.phones.values, exact.phones.values, rtol=1e-3)


@pytest.mark.parametrize("by", [-1, 1])
def test_another_format_is_refused_whatever_its_fields(features: Features, by: int) -> None:
    def change(head: dict[str, Any]) -> None:
        head["format"] += by
        del head["clear_share"]

    with pytest.raises(AppError) as refused:
        unpack(rewritten(pack(features), change))
    assert refused.value.code == "features_outdated"


def test_evidence_of_another_network_is_refused(
    features: Features, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, spoken = pack(features), pack(replace(features, sounds=None))
    monkeypatch.setattr(stored_features, "SHA256", {POSTERIORS: "0" * 64})
    with pytest.raises(AppError) as refused:
        unpack(data)
    assert refused.value.code == "features_outdated"
    assert unpack(spoken).sounds is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:200] + bytes([data[200] ^ 1]) + data[201:],
        lambda data: rewritten(data, lambda head: head.pop("quality")),
        lambda data: rewritten(data, lambda head: head.update(duration_s="long")),
        lambda data: data.replace(b"times_s.npy", b"times_x.npy"),
    ],
    ids=["empty", "cut", "flipped", "less", "other-type", "other-array"],
)
def test_what_is_damaged_is_refused(features: Features, spoil: Callable[[bytes], bytes]) -> None:
    with pytest.raises(AppError) as refused:
        unpack(spoil(pack(features)))
    assert refused.value.code == "features_unreadable"
