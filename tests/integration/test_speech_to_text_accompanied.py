"""Speech-to-Text's words with the encoder here: the analysis is the local recogniser's.

The recording is the same and so are its words, which Google gives in tenths of a second and
without sounds such as "um". What then differs is named, field by field.
"""

from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.embedded.transcriber import WhisperTranscriber
from shared.domain.documents import to_document
from shared.domain.errors import Unavailable
from shared.domain.transcription import HeardWord, Transcription
from shared.ports.transcriber import Transcribes
from shared.speech.accompanied import with_fillers_of
from shared.speech.assess import assess
from tests.fakes.speech_to_text import FakeSpeechToText, as_google_gives, asking, running

AUDIO = Path(__file__).parents[1] / "fixtures" / "audio"
KENNEDY = (
    "And so, my fellow Americans: ask not what your country can do for you; "
    "ask what you can do for your country."
)
# Who heard it, and the ends of words in tenths of a second.
NAMED = {"transcriber.name", "transcriber.version", "words.start_s", "words.end_s"}


@pytest.fixture(scope="module")
def models(weights: Path) -> Path:
    return weights.parent


@pytest.fixture
def server() -> Iterator[FakeSpeechToText]:
    with running() as server:
        yield server


@pytest.fixture
def google(server: FakeSpeechToText) -> Callable[..., Transcribes]:
    return lambda models, **settings: asking(server, models_dir=models, **settings)


class Overheard:
    """`whisper`, with what it heard passed on to the server as Google would give it."""

    def __init__(self, whisper: WhisperTranscriber, server: FakeSpeechToText) -> None:
        self.warm, self._whisper, self._server = whisper.warm, whisper, server
        self.prompted, self.encode = whisper.prompted, whisper.encode

    def transcribe(self, *arguments: Any, **options: Any) -> Transcription:
        heard = self._whisper.transcribe(*arguments, **options)
        self._server.results = as_google_gives(heard.words)
        return heard


def analysed(name: str, text: str | None, transcriber: Transcribes) -> dict[str, Any]:
    found = assess(
        (AUDIO / name).read_bytes(),
        kind="read_aloud" if text else "free_speech",
        language="en-US",
        reference=text,
        transcriber=transcriber,
    )
    return to_document(found.analysis)


def differing(here: Any, there: Any, path: str = "") -> set[str]:
    """The paths at which two documents differ, numbers of list items left out."""
    if isinstance(here, dict) and isinstance(there, dict):
        pairs = [(f"{path}.{key}", here.get(key), there.get(key)) for key in here | there]
    elif isinstance(here, list) and isinstance(there, list):
        pairs = [(path, one, other) for one, other in zip_longest(here, there)]
    else:
        return set() if here == there else {path.removeprefix(".")}
    return {found for name, one, other in pairs for found in differing(one, other, name)}


@pytest.mark.parametrize(
    ("name", "text"),
    [("kennedy.flac", KENNEDY), ("two-cities.webm", (AUDIO / "two-cities.txt").read_text())],
)
def test_a_reading_has_the_same_phones_and_scores(
    models: Path,
    whisper: WhisperTranscriber,
    server: FakeSpeechToText,
    google: Callable[..., Transcribes],
    name: str,
    text: str,
) -> None:
    here = analysed(name, text, Overheard(whisper, server))
    there = analysed(name, text, google(models))
    assert differing(here, there) <= NAMED
    assert {"transcriber.name", "transcriber.version"} <= differing(here, there)
    assert there["transcriber"]["name"] == "long"
    assert all(word["phones"] for word in there["words"])
    for one, other in zip(here["words"], there["words"], strict=True):
        assert other["start_s"] == pytest.approx(one["start_s"], abs=0.2)
        assert other["end_s"] == pytest.approx(one["end_s"], abs=0.2)


def test_without_weights_the_phones_are_unknown(
    whisper: WhisperTranscriber, server: FakeSpeechToText, google: Callable[..., Transcribes]
) -> None:
    analysed("kennedy.flac", KENNEDY, Overheard(whisper, server))
    there = analysed("kennedy.flac", KENNEDY, google(None))
    assert "phones_unknown" in [warning["code"] for warning in there["warnings"]]
    assert not any(word.get("phones") for word in there["words"])


def test_fillers_are_counted_by_a_second_hearing_where_that_is_set(
    models: Path,
    whisper: WhisperTranscriber,
    server: FakeSpeechToText,
    google: Callable[..., Transcribes],
) -> None:
    here = analysed("hobby.flac", None, Overheard(whisper, server))
    there = analysed("hobby.flac", None, google(models, local_fillers=True))
    plain = analysed("hobby.flac", None, google(models))
    assert differing(here, there) <= NAMED
    assert there["measures"]["filled_pauses_per_min"] > 0
    assert [word["text"] for word in there["words"] if word.get("result") == "filler"] == ["Um"]
    assert plain["measures"].get("filled_pauses_per_min") is None
    assert "fillers_unknown" in [warning["code"] for warning in plain["warnings"]]


def test_nobody_is_asked_for_words_when_the_encoder_is_not_there(
    tmp_path: Path, server: FakeSpeechToText, google: Callable[..., Transcribes]
) -> None:
    (tmp_path / "whisper-base").write_text("a file where the folder should be")
    with pytest.raises(Unavailable) as failure:
        analysed("kennedy.flac", KENNEDY, google(tmp_path))
    assert failure.value.code == "recognizer_unavailable"
    assert server.received == []


def test_a_filler_takes_only_the_room_that_words_leave() -> None:
    words = (HeardWord("I", 0.0, 0.2, 0.9), HeardWord("think", 0.9, 1.3, 0.9))
    others = [
        HeardWord("I", 0.0, 0.2, 0.9),
        HeardWord("Um,", 0.3, 0.6, 0.5),
        HeardWord("uh", 0.95, 1.2, 0.5),
        HeardWord("um", 1.2, 1.5, 0.5),
    ]
    found = with_fillers_of(words, others, "en")
    assert [word.text for word in found] == ["I", "Um,", "think", "um"]
