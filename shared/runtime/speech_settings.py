"""Settings of speech: who recognises it, and who reads texts aloud."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from shared.runtime.settings import RuntimeSettings
from shared.runtime.store_settings import RecordingsSettings

_PRODUCTION = ("staging", "prod")
_NO_PROJECT = "local"


class TranscriberSettings(RecordingsSettings):
    """For deployables that recognise speech; Google reads long recordings from the bucket."""

    transcriber: Literal["local", "google"] = Field(
        "local", description="Who recognises speech: a model on this machine, or Speech-to-Text."
    )
    models_dir: Path | None = Field(
        None,
        description="Folder the local recogniser's weights are put together in. With "
        "Speech-to-Text they measure how words sound; without them that is unknown.",
    )
    local_fillers: bool = Field(
        False,
        description="With Speech-to-Text, which leaves them out: hear free speech once more on "
        "this machine for sounds such as “um”, at the cost of the local recogniser.",
    )
    speech_region: str = Field(
        "us-central1", min_length=1, description="Region of Speech-to-Text, or global."
    )
    # https://cloud.google.com/speech-to-text/v2/docs/speech-to-text-supported-languages
    # Every measure rests on the times of words, which chirp_3 does not give.
    speech_model: Literal["long", "short", "chirp_2"] = Field(
        "long", description="Model of Speech-to-Text; only models that give the times of words."
    )
    speech_languages: dict[str, str] = Field(
        {"en": "en-US"},
        description="JSON object: Speech-to-Text's code for each language (ISO 639-1).",
    )
    speech_timeout_s: float = Field(
        90.0,
        ge=5,
        le=480,
        description="Time Speech-to-Text has for one recording, retries included.",
    )
    speech_url: str | None = Field(
        None,
        description="Host and port of a stand-in for Speech-to-Text; not in staging or prod.",
    )

    @model_validator(mode="after")
    def _recogniser_is_there(self) -> Self:
        if self.transcriber == "local" and self.models_dir is None:
            raise ValueError("the local recogniser needs ROSTRUM_MODELS_DIR")
        if self.transcriber == "google":
            if self.project == _NO_PROJECT:
                raise ValueError("Speech-to-Text needs ROSTRUM_PROJECT")
            if self.engine != "google":
                raise ValueError("Speech-to-Text reads from Cloud Storage: ROSTRUM_ENGINE=google")
            if self.local_fillers and self.models_dir is None:
                raise ValueError("ROSTRUM_LOCAL_FILLERS needs ROSTRUM_MODELS_DIR")
        if self.environment in _PRODUCTION and self.speech_url is not None:
            raise ValueError("ROSTRUM_SPEECH_URL is not for staging or prod")
        return self


class VoiceSettings(RuntimeSettings):
    """For deployables that read texts aloud."""

    voice: Literal["none", "google"] = Field(
        "none", description="Who reads texts aloud: nobody, or Text-to-Speech."
    )
    voice_region: str = Field(
        "global", min_length=1, description="Region of Text-to-Speech, or global."
    )
    voice_names: dict[str, str] = Field(
        {"en": "en-US-Chirp3-HD-Kore"},
        description="JSON object: Text-to-Speech's voice for each language (BCP 47).",
    )
    voice_timeout_s: float = Field(
        15.0, gt=0, le=60, description="Time Text-to-Speech has for one text, retries included."
    )
    voice_url: str | None = Field(
        None, description="Host and port of a stand-in for Text-to-Speech; not in staging or prod."
    )

    @model_validator(mode="after")
    def _voice_is_there(self) -> Self:
        if self.voice == "google" and self.project == _NO_PROJECT:
            raise ValueError("Text-to-Speech needs ROSTRUM_PROJECT")
        if self.environment in _PRODUCTION and self.voice_url is not None:
            raise ValueError("ROSTRUM_VOICE_URL is not for staging or prod")
        return self
