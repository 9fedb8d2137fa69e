"""What the recogniser is asked for: the frames of a reading, or of where fillers may be."""

import pytest

from shared.domain.errors import Unavailable
from shared.speech.assess import assess
from shared.speech.fillers import AROUND_S


class Recogniser:
    """Keeps what it was asked for, and does not answer."""

    def warm(self):
        pass

    def transcribe(self, samples, chunks, *, language, keep_fillers, frames_of=()):
        self.chunks, self.frames_of = chunks, frames_of
        raise Unavailable("asked", code="recognizer_unavailable")


@pytest.fixture
def asked(audio):
    def ask(name, reference=None, language="en-GB"):
        recogniser = Recogniser()
        kind = "read_aloud" if reference else "impromptu"
        with pytest.raises(Unavailable):
            assess(
                audio(name),
                kind=kind,
                language=language,
                reference=reference,
                transcriber=recogniser,
            )
        return recogniser

    return ask


def test_all_of_a_reading_is_encoded(asked):
    recogniser = asked("hobby.flac", "In my free time I like to walk.")
    assert recogniser.frames_of == recogniser.chunks


def test_of_free_speech_what_is_around_lone_stretches_is_encoded(asked):
    ((start, end),) = asked("two-cities.webm").frames_of
    assert start == pytest.approx(5.0 - AROUND_S, abs=0.2)  # of 21 s
    assert end == pytest.approx(6.2 + AROUND_S, abs=0.2)


def test_of_free_speech_without_lone_stretches_nothing_is_encoded(asked):
    assert list(asked("planted.flac").frames_of) == []


@pytest.mark.parametrize("reference", [None, "Alle meine Entchen."])
def test_of_other_languages_than_english_nothing_is_encoded(asked, reference):
    assert list(asked("german.ogg", reference, language="de-DE").frames_of) == []
