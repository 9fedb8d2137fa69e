"""Recognition by Google Cloud Speech-to-Text v2.

https://cloud.google.com/speech-to-text/v2/docs/reference/rpc/google.cloud.speech.v2
"""

import logging
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import grpc  # type: ignore[import-untyped]
import numpy as np
from google.api_core import exceptions
from google.api_core.client_options import ClientOptions
from google.auth.exceptions import GoogleAuthError
from google.cloud.speech_v2.services.speech import SpeechClient
from google.cloud.speech_v2.services.speech.transports import SpeechGrpcTransport
from google.cloud.speech_v2.types import cloud_speech as api
from google.longrunning import operations_pb2 as lro  # type: ignore[import-untyped]
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from shared.adapters.gcp import own_identity
from shared.adapters.gcp.heard_words import TimesMissing, heard_words
from shared.adapters.gcp.speech_calls import SHORTEST_CALL_S, call, log_failure, status_error
from shared.domain.errors import AppError, Unavailable
from shared.domain.transcription import AcousticFrames, Transcriber, Transcription
from shared.ports.objects import WritableObjects

if TYPE_CHECKING:
    from numpy.typing import NDArray

_log = logging.getLogger(__name__)

SAMPLE_RATE: Final = 16_000
SYNCHRONOUS_S: Final = 55.0  # Recognize takes less than 60 s
# Chirp answers numbers there that its documentation calls no true confidence.
_WITH_CONFIDENCE: Final = frozenset({"long", "short"})
PASSING_PREFIX: Final = "speech/"
_RAW: Final = "application/octet-stream"
_FIRST_POLL_S: Final = 1.0
_LONGEST_POLL_S: Final = 5.0
_CANCEL_S: Final = 2.0
_Results = Sequence[api.SpeechRecognitionResult]


@cache
@own_identity.needed()
def build_client(region: str, *, url: str | None = None) -> SpeechClient:
    """A client for the region's endpoint; at `url` (host:port) a stand-in, without TLS."""
    if url is not None:
        return SpeechClient(transport=SpeechGrpcTransport(channel=grpc.insecure_channel(url)))
    host = "speech.googleapis.com" if region == "global" else f"{region}-speech.googleapis.com"
    return SpeechClient(client_options=ClientOptions(api_endpoint=host))


@dataclass(frozen=True, slots=True)
class SpeechModel:
    """Which model of which region listens; `languages` maps ISO 639-1 to its BCP 47 codes."""

    project: str
    region: str
    name: str
    languages: Mapping[str, str]

    @property
    def recognizer(self) -> str:
        return f"projects/{self.project}/locations/{self.region}/recognizers/_"

    @property
    def gives_confidence(self) -> bool:
        return self.name in _WITH_CONFIDENCE


class SpeechToText:
    """`Transcribes` over an already-built client.

    Recordings over 55 s pass through `speech/` in `recordings`, which is `bucket` on Google
    Cloud Storage, and are deleted from there whatever happens. `timeout_s` bounds a whole call,
    its retries included. Sounds such as "um" are left out, and the language comes without a
    probability.
    """

    prompted: Final = False

    def __init__(
        self,
        client: SpeechClient,
        model: SpeechModel,
        recordings: WritableObjects,
        bucket: str,
        *,
        timeout_s: float = 90.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._model = model
        self._recordings = recordings
        self._bucket = bucket
        self._timeout_s = timeout_s
        self._sleep = sleep
        self._transcriber = Transcriber(model.name, "google-speech-v2")

    def warm(self) -> None:
        pass

    def transcribe(
        self,
        samples: "NDArray[np.float32]",
        chunks: Sequence[tuple[float, float]],  # noqa: ARG002
        *,
        language: str,
        keep_fillers: bool,  # noqa: ARG002
        frames_of: Sequence[tuple[float, float]] = (),  # noqa: ARG002
    ) -> Transcription:
        until = time.monotonic() + self._timeout_s
        length_s = len(samples) / SAMPLE_RATE
        try:
            code = self._model.languages[language]
            hear = self._recognize if length_s <= SYNCHRONOUS_S else self._batch
            results = hear(_linear16(samples), self._config(code), until)
            words = heard_words(results, length_s)
        except KeyError as error:
            _log.error("no speech_languages entry for the language", extra={"language": language})
            raise _unavailable() from error
        except TimesMissing as error:
            _log.error("words came without times", extra={"model": self._model.name})
            raise _unavailable() from error
        except (exceptions.GoogleAPICallError, GoogleAuthError) as error:
            where = {"model": self._model.name, "region": self._model.region}
            log_failure(_log, "Speech-to-Text", error, **where)
            raise _unavailable() from error
        except (AppError, DecodeError) as error:
            raise _unavailable() from error
        return Transcription(
            words=words,
            transcriber=self._transcriber,
            language=_language(results, language, code),
            keeps_fillers=False,
        )

    def encode(self, *_: object) -> tuple[AcousticFrames, ...]:
        return ()

    def _config(self, code: str) -> api.RecognitionConfig:
        return api.RecognitionConfig(
            explicit_decoding_config=api.ExplicitDecodingConfig(
                encoding=api.ExplicitDecodingConfig.AudioEncoding.LINEAR16,
                sample_rate_hertz=SAMPLE_RATE,
                audio_channel_count=1,
            ),
            model=self._model.name,
            language_codes=[code],
            features=api.RecognitionFeatures(
                enable_word_time_offsets=True,
                enable_word_confidence=self._model.gives_confidence,
                # Marks tell where clauses end, and so which pauses fall within one.
                enable_automatic_punctuation=True,
                max_alternatives=1,
            ),
        )

    def _recognize(self, audio: bytes, config: api.RecognitionConfig, until: float) -> _Results:
        request = api.RecognizeRequest(
            recognizer=self._model.recognizer, config=config, content=audio
        )
        answer: api.RecognizeResponse = call(
            self._client.recognize, request, until=until, sleep=self._sleep
        )
        return answer.results

    def _batch(self, audio: bytes, config: api.RecognitionConfig, until: float) -> _Results:
        name = f"{PASSING_PREFIX}{uuid.uuid4().hex}"
        try:
            self._recordings.write(name, audio, _RAW)
            return self._recognize_stored(f"gs://{self._bucket}/{name}", config, until)
        finally:
            self._forget(name)

    def _forget(self, name: str) -> None:
        try:
            self._recordings.delete(name)
        except AppError as error:
            # The bucket's lifecycle rule deletes it then.
            _log.warning("recognised audio not deleted", extra={"code": error.code})

    def _recognize_stored(self, uri: str, config: api.RecognitionConfig, until: float) -> _Results:
        request = api.BatchRecognizeRequest(
            recognizer=self._model.recognizer,
            config=config,
            files=[api.BatchRecognizeFileMetadata(uri=uri)],
            recognition_output_config=api.RecognitionOutputConfig(
                inline_response_config=api.InlineOutputConfig()
            ),
        )
        begun = call(self._client.batch_recognize, request, until=until, sleep=self._sleep)
        done = self._finished(begun.operation, until)
        if done.HasField("error"):
            raise status_error(done.error.code, "the operation failed")
        file = api.BatchRecognizeResponse.deserialize(done.response.value).results.get(uri)
        if file is None or file.error.code:
            status = file.error.code if file else grpc.StatusCode.UNKNOWN
            raise status_error(status, "the file was not recognised")
        results: _Results = file.inline_result.transcript.results
        return results

    def _finished(self, operation: lro.Operation, until: float) -> lro.Operation:
        request = lro.GetOperationRequest(name=operation.name)
        wait = _FIRST_POLL_S
        try:
            while not operation.done:
                if until - time.monotonic() - wait < SHORTEST_CALL_S:
                    raise status_error(
                        grpc.StatusCode.DEADLINE_EXCEEDED, "the operation took too long"
                    )
                self._sleep(wait)
                wait = min(wait * 1.5, _LONGEST_POLL_S)
                operation = call(
                    self._client.get_operation, request, until=until, sleep=self._sleep
                )
        except (exceptions.GoogleAPICallError, GoogleAuthError):
            self._cancel(operation.name)
            raise
        return operation

    def _cancel(self, name: str) -> None:
        # Nobody waits for it any more; should this fail, it ends by itself.
        with suppress(exceptions.GoogleAPICallError, GoogleAuthError):
            request = lro.CancelOperationRequest(name=name)
            self._client.cancel_operation(request=request, retry=None, timeout=_CANCEL_S)


def _linear16(samples: "NDArray[np.float32]") -> bytes:
    levels = np.clip(np.rint(samples * 32768.0), -32768, 32767)
    return bytes(levels.astype("<i2").tobytes())


def _language(results: Iterable[api.SpeechRecognitionResult], asked: str, code: str) -> str | None:
    """ISO 639-1 of the first result; a code such as cmn-Hans-CN has a name of its own there."""
    told = next((result.language_code.lower() for result in results if result.language_code), None)
    return asked if told == code.lower() else told and told.split("-")[0]


def _unavailable() -> Unavailable:
    return Unavailable("The speech recogniser failed.", code="recognizer_unavailable")
