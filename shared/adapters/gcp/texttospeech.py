"""Speech by Google Cloud Text-to-Speech.

https://cloud.google.com/text-to-speech/docs/reference/rpc/google.cloud.texttospeech.v1
"""

import logging
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

import grpc  # type: ignore[import-untyped]
from google.api_core.client_options import ClientOptions
from google.api_core.exceptions import GoogleAPICallError
from google.auth.exceptions import GoogleAuthError
from google.cloud.texttospeech_v1.services.text_to_speech import TextToSpeechClient
from google.cloud.texttospeech_v1.services.text_to_speech.transports import (
    TextToSpeechGrpcTransport,
)
from google.cloud.texttospeech_v1.types import cloud_tts as api

from shared.adapters.gcp import own_identity
from shared.adapters.gcp.speech_calls import call, log_failure
from shared.domain.errors import Invalid, TooLarge, Unavailable
from shared.ports.voice import MAX_TEXT_BYTES, Speech

_log = logging.getLogger(__name__)
_CONTENT_TYPE: Final = "audio/mpeg"


@cache
@own_identity.needed()
def build_client(region: str, *, url: str | None = None) -> TextToSpeechClient:
    """A client for the region's endpoint; at `url` (host:port) a stand-in, without TLS."""
    if url is not None:
        channel = grpc.insecure_channel(url)
        return TextToSpeechClient(transport=TextToSpeechGrpcTransport(channel=channel))
    prefix = "" if region == "global" else f"{region}-"
    options = ClientOptions(api_endpoint=f"{prefix}texttospeech.googleapis.com")
    return TextToSpeechClient(client_options=options)


class TextToSpeech:
    """`Voice` over an already-built client: MP3, which every browser plays.

    `voices` maps languages (BCP 47) to names of voices, such as en-US-Chirp3-HD-Kore; a language
    without a voice of its own gets that of its primary subtag. `timeout_s` bounds a whole call,
    its retries included.
    """

    def __init__(
        self,
        client: TextToSpeechClient,
        voices: Mapping[str, str],
        *,
        timeout_s: float = 15.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._voices = voices
        self._timeout_s = timeout_s
        self._sleep = sleep

    def speak(self, text: str, *, language: str) -> Speech:
        request = api.SynthesizeSpeechRequest(
            input=api.SynthesisInput(text=_speakable(text)),
            voice=self._voice(language),
            audio_config=api.AudioConfig(audio_encoding=api.AudioEncoding.MP3),
        )
        until = time.monotonic() + self._timeout_s
        try:
            answer: api.SynthesizeSpeechResponse = call(
                self._client.synthesize_speech, request, until=until, sleep=self._sleep
            )
        except (GoogleAPICallError, GoogleAuthError) as error:
            log_failure(_log, "Text-to-Speech", error, voice=request.voice.name)
            # The vendor's message may quote the text.
            raise _unavailable() from None
        if not answer.audio_content:
            raise _unavailable()
        return Speech(answer.audio_content, _CONTENT_TYPE)

    def _voice(self, language: str) -> api.VoiceSelectionParams:
        primary = language.split("-", maxsplit=1)[0]
        name = self._voices.get(language) or self._voices.get(primary)
        if name is None:
            raise Invalid("There is no voice for this language.", code="language_not_spoken")
        return api.VoiceSelectionParams(
            name=name, language_code="-".join(name.split("-", maxsplit=2)[:2])
        )


def _speakable(text: str) -> str:
    if not any(map(str.isalnum, text)):
        raise Invalid("There is nothing to say.")
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise Invalid("The text is not valid Unicode.") from None
    if size > MAX_TEXT_BYTES:
        raise TooLarge(f"A text to be spoken has at most {MAX_TEXT_BYTES} bytes.")
    return text


def _unavailable() -> Unavailable:
    return Unavailable("The voice failed.", code="voice_unavailable")
