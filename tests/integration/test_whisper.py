"""The recogniser here: what it does not make up, and that threads change nothing in its answer."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bench.speech.stages import ORDER, OTHER, TimedTranscriber, clocked
from shared.adapters.embedded.transcriber import WhisperTranscriber
from shared.adapters.embedded.whisper_words import sources_digest
from shared.domain.errors import Unavailable
from shared.domain.transcription import Transcription
from shared.speech.assess import assess
from shared.speech.decode import decode
from shared.speech.voice_activity import cut_chunks, find_speech

AUDIO = Path(__file__).parents[1] / "fixtures" / "audio"


def hear(transcriber: WhisperTranscriber, name: str, **options: Any) -> Transcription:
    samples = decode((AUDIO / name).read_bytes()).samples
    chunks = options.pop("chunks", None) or cut_chunks(samples, find_speech(samples))
    return transcriber.transcribe(samples, chunks, language="en", **options)


@pytest.fixture
def encoded(whisper: WhisperTranscriber, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many frames each window had that the model was asked to encode."""
    whisper.load()
    model, _ = whisper._model()
    frames: list[int] = []
    encode = model.encode

    def measured(features: Any) -> Any:
        frames.append(features.shape[1])
        return encode(features)

    monkeypatch.setattr(model, "encode", measured)
    return frames


@pytest.mark.parametrize(
    ("name", "last"),
    [("readings/vctk-p301-410.flac", "mistakes"), ("readings/vctk-p314-272.flac", "objective")],
)
def test_the_end_of_a_recording_is_encoded_once_and_nothing_is_added(
    whisper: WhisperTranscriber, encoded: list[int], name: str, last: str
) -> None:
    heard = hear(whisper, name, keep_fillers=True)
    assert len(encoded) == 1
    assert heard.words[-1].text.strip(".").casefold() == last


def test_only_the_longest_chunk_is_padded_to_a_whole_window(
    whisper: WhisperTranscriber, encoded: list[int]
) -> None:
    chunks = [(1.0, 7.5), (8.0, 14.0), (14.0, 20.6)]
    heard = hear(whisper, "two-cities.webm", chunks=chunks, keep_fillers=True)
    assert encoded == [1150, 1100, 3000]
    assert heard.transcriber.version.endswith(f"+{sources_digest()[:8]}")
    assert heard.language == "en"
    assert (heard.language_confidence or 0.0) > 0.9
    text = (AUDIO / "two-cities.txt").read_text().casefold()
    words = [word.text.strip(".,").casefold() for word in heard.words]
    assert len(words) > 30
    assert sum(word not in text for word in words) <= 2


def test_workers_change_nothing_in_the_answer(weights: Path, whisper: WhisperTranscriber) -> None:
    beside = WhisperTranscriber(lambda: weights, workers=2)
    beside.warm()
    chunks = [(1.0, 8.0), (8.0, 14.0), (14.0, 20.6)]
    stretches = [(1.0, 8.0), (12.5, 15.0)]
    both = [
        hear(each, "two-cities.webm", chunks=chunks, keep_fillers=True, frames_of=stretches)
        for each in (whisper, beside)
    ]
    assert both[0].words == both[1].words
    assert both[0].words
    assert both[0].language_confidence == both[1].language_confidence
    frames = [[(each.start_s, each.values.tobytes()) for each in one.frames] for one in both]
    assert frames[0] == frames[1]
    shapes = [(each.start_s, each.values.shape) for each in both[0].frames]
    assert shapes == [(1.0, (351, 512)), (12.5, (126, 512))]


def test_a_failure_to_warm_is_told_by_the_call_that_needs_the_model() -> None:
    asked: list[int] = []

    def missing() -> Path:
        asked.append(1)
        raise OSError("no weights")

    whisper = WhisperTranscriber(missing)
    whisper.warm()
    for _ in range(2):
        with pytest.raises(Unavailable) as failure:
            hear(whisper, "austen.wav", keep_fillers=False)
        assert failure.value.code == "recognizer_unavailable"
    whisper.warm()
    assert len(asked) <= 3


def test_the_stages_of_the_bench_are_those_of_the_engine(weights: Path) -> None:
    whisper = WhisperTranscriber(lambda: weights, workers=1)
    name = AUDIO / "readings" / "vctk-p301-410.flac"
    reading = partial(
        assess,
        name.read_bytes(),
        kind="read_aloud",
        language="en",
        reference="Hopefully, we can learn from our mistakes.",
    )
    plain = reading(transcriber=whisper)
    with clocked() as clock, clock.timed(OTHER):
        timed = reading(transcriber=TimedTranscriber(whisper, clock))
    assert timed.analysis == plain.analysis
    assert set(clock.seconds) == set(ORDER)
    assert all(seconds >= 0 for seconds in clock.seconds.values())
    assert clock.seconds["recognition"] > clock.seconds["pitch"]
