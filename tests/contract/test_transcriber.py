"""What every recogniser owes its callers, on real and on known speech.

Speech-to-Text is a local server that answers the real client; it knows the clips, so that here the
adapter is tried, not how well Google hears.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from shared.adapters.embedded.transcriber import WhisperTranscriber
from shared.adapters.embedded.whisper_weights import MODEL
from shared.adapters.gcp.speech import SpeechModel, SpeechToText, build_client
from shared.domain.errors import Unavailable
from shared.ports.transcriber import Transcribes
from shared.speech.decode import decode
from shared.speech.text import words_of
from shared.speech.voice_activity import cut_chunks, find_speech
from tests.fakes.bucket import MemoryBucket
from tests.fakes.grpc_server import client_of
from tests.fakes.speech_to_text import BUCKET, PROJECT, REGION, FakeSpeechToText

AUDIO = Path(__file__).parents[1] / "fixtures" / "audio"
RATE = 16_000


@dataclass
class Recognizer:
    """`deterministic` where it runs here, `can_keep_fillers` where it can be asked to.

    `knows_languages` where it tells the language spoken, with a probability, from the one asked
    for.
    """

    transcriber: Transcribes
    deterministic: bool
    can_keep_fillers: bool
    knows_languages: bool

    def hear(self, samples, *, keep_fillers=False, chunks=None):
        chunks = chunks or cut_chunks(samples, find_speech(samples))
        return self.transcriber.transcribe(
            samples, chunks, language="en", keep_fillers=keep_fillers
        )


@pytest.fixture(scope="module")
def whisper(weights) -> Recognizer:
    return local_recognizer(weights)


@pytest.fixture(scope="module")
def speech_to_text() -> Iterator[Recognizer]:
    bucket = MemoryBucket()
    with FakeSpeechToText(bucket) as server:
        model = SpeechModel(PROJECT, REGION, "long", {"en": "en-US"})
        with client_of(server, build_client, REGION) as client:
            yield Recognizer(
                SpeechToText(client, model, bucket, BUCKET),
                deterministic=False,
                can_keep_fillers=False,
                knows_languages=False,
            )


@pytest.fixture(scope="module", params=["whisper", "speech_to_text"])
def recognizer(request) -> Recognizer:
    return request.getfixturevalue(request.param)


def local_recognizer(weights: Path) -> Recognizer:
    transcriber = WhisperTranscriber(lambda: weights)
    return Recognizer(transcriber, deterministic=True, can_keep_fillers=True, knows_languages=True)


@pytest.fixture(scope="module")
def samples():
    return lambda name: decode((AUDIO / name).read_bytes()).samples


@pytest.fixture(scope="module")
def kennedy(recognizer, samples):
    return recognizer.hear(samples("kennedy.flac"))


def plain(transcription):
    text = " ".join(word.text for word in transcription.words)
    return [word.text.lower() for word in words_of(text, "en")]


def test_the_words_of_a_clear_recording(kennedy):
    assert " ".join(plain(kennedy)) == (
        "and so my fellow americans ask not what your country can do for you ask what you can do "
        "for your country"
    )


def test_times_are_inside_the_audio_and_in_order(kennedy):
    assert all(0 <= word.start_s < word.end_s <= 11.0 for word in kennedy.words)
    assert all(a.end_s <= b.start_s for a, b in pairwise(kennedy.words))


def test_times_agree_with_the_sound(kennedy):
    ask = next(word for word in kennedy.words if word.text.startswith("ask"))
    assert ask.end_s == pytest.approx(3.75, abs=0.2)


def test_confidences_are_plain_numbers_from_0_to_1(kennedy):
    for word in kennedy.words:
        assert type(word.start_s) is type(word.end_s) is type(word.confidence) is float
        assert 0 <= word.confidence <= 1


def test_it_says_who_heard_and_in_which_language(recognizer, kennedy):
    assert kennedy.transcriber.name
    assert kennedy.transcriber.version
    assert kennedy.language == "en"
    if recognizer.knows_languages:
        assert kennedy.language_confidence > 0.8


def test_times_count_from_the_start_of_the_samples_whatever_the_chunks(recognizer, samples):
    kennedy, application = samples("kennedy.flac"), samples("application.flac")
    both = np.concatenate([kennedy, np.zeros(5 * RATE, np.float32), application])
    found = recognizer.hear(both, chunks=[(0.1, 10.9), (16.1, 23.4)])
    first = next(word for word in found.words if word.start_s > 11)
    assert first.text == "I"
    assert first.start_s == pytest.approx(16.3, abs=0.25)
    assert plain(found)[-1] == "service"
    assert found.words[-1].end_s == pytest.approx(16 + 7.1, abs=0.4)


def test_the_last_words_of_a_chunk_are_not_lost(recognizer, samples):
    found = recognizer.hear(np.tile(samples("kennedy.flac"), 4), keep_fillers=True)
    assert plain(found).count("fellow") == 4
    assert plain(found).count("country") == 8


def test_the_same_samples_give_the_same_answer(recognizer, samples):
    if recognizer.deterministic:
        sound = samples("application.flac")
        assert recognizer.hear(sound) == recognizer.hear(sound.copy())


def test_fillers_are_kept_when_asked_for_and_possible(recognizer, samples):
    sound = samples("hobby.flac")
    found = recognizer.hear(sound, keep_fillers=True)
    assert found.keeps_fillers == recognizer.can_keep_fillers
    if found.keeps_fillers:
        assert "um" in plain(found)
    assert not recognizer.hear(sound).keeps_fillers


def test_another_language_is_detected_whatever_language_is_expected(recognizer, samples):
    """One that cannot tell must not be sure: an unsure answer ends no attempt."""
    found = recognizer.hear(samples("german.ogg"))
    if recognizer.knows_languages:
        assert found.language == "de"
        assert found.language_confidence > 0.9
    else:
        assert found.language_confidence is None


@pytest.mark.parametrize("content", [None, b"", b"not a model"], ids=["none", "empty", "wrong"])
def test_a_model_that_cannot_be_loaded_is_unavailable(tmp_path, samples, content):
    if content is not None:
        (tmp_path / MODEL).write_bytes(content)
    broken = local_recognizer(tmp_path)
    with pytest.raises(Unavailable) as failure:
        broken.hear(samples("austen.wav"))
    assert failure.value.code == "recognizer_unavailable"
    assert failure.value.retryable
