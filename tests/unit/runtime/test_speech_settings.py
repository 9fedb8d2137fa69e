"""Settings of speech that cannot work, or are not safe where they are given, are refused."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from functions.audio_processing.settings import Settings
from shared.runtime.speech_settings import VoiceSettings

EMBEDDED = {
    "database_url": "postgresql://x",
    "objects_dir": Path("objects"),
    "objects_secret": "s" * 32,
    "models_dir": Path("models"),
}
GOOGLE = {
    "engine": "google",
    "project": "p",
    "own_account": "a@p.iam.gserviceaccount.com",
    "transcriber": "google",
}


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (EMBEDDED | {"models_dir": None}, "ROSTRUM_MODELS_DIR"),
        (EMBEDDED | {"transcriber": "google"}, "ROSTRUM_PROJECT"),
        (EMBEDDED | {"transcriber": "google", "project": "p"}, "ROSTRUM_ENGINE"),
        (GOOGLE | {"project": "local"}, "ROSTRUM_PROJECT"),
        (GOOGLE | {"speech_model": "chirp_3"}, "speech_model"),
        (GOOGLE | {"speech_model": "telephony"}, "speech_model"),
        (GOOGLE | {"speech_region": ""}, "speech_region"),
        (GOOGLE | {"local_fillers": True}, "ROSTRUM_MODELS_DIR"),
        (GOOGLE | {"speech_timeout_s": 120}, "ROSTRUM_PROCESSING_LEASE_S"),
        (GOOGLE | {"environment": "staging", "speech_url": "localhost:1"}, "ROSTRUM_SPEECH_URL"),
        (GOOGLE | {"environment": "prod", "speech_url": "localhost:1"}, "ROSTRUM_SPEECH_URL"),
    ],
)
def test_a_recogniser_that_cannot_work_is_refused(given: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        Settings(**given)


@pytest.mark.parametrize(
    "given",
    [
        EMBEDDED,
        EMBEDDED | {"speech_timeout_s": 300},
        GOOGLE | {"environment": "prod"},
        GOOGLE | {"environment": "dev", "speech_url": "localhost:1"},
        GOOGLE | {"speech_model": "chirp_2", "speech_region": "europe-west4"},
        GOOGLE | {"transcriber": "local", "models_dir": Path("models")},
        GOOGLE | {"models_dir": Path("models")},
        GOOGLE | {"models_dir": Path("models"), "local_fillers": True},
    ],
)
def test_a_recogniser_that_can_is_taken(given: dict[str, Any]) -> None:
    assert Settings(**given)


def test_languages_and_voices_come_as_json_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROSTRUM_SPEECH_LANGUAGES", '{"en": "en-GB", "de": "de-DE"}')
    monkeypatch.setenv("ROSTRUM_VOICE_NAMES", '{"de": "de-DE-Chirp3-HD-Kore"}')
    assert Settings(**GOOGLE).speech_languages == {"en": "en-GB", "de": "de-DE"}
    assert VoiceSettings().voice_names == {"de": "de-DE-Chirp3-HD-Kore"}


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"voice": "google"}, "ROSTRUM_PROJECT"),
        ({"voice_region": ""}, "voice_region"),
        (
            {"environment": "prod", "engine": "google", "voice_url": "localhost:1"},
            "ROSTRUM_VOICE_URL",
        ),
    ],
)
def test_a_voice_that_cannot_work_is_refused(given: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        VoiceSettings(**given)
