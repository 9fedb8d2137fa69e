"""A local Speech-to-Text v2: hears the test clips in what it is sent, over gRPC.

It holds requests to what is documented.
https://cloud.google.com/speech-to-text/v2/docs/reference/rpc/google.cloud.speech.v2
https://cloud.google.com/speech-to-text/quotas
https://cloud.google.com/speech-to-text/v2/docs/speech-to-text-supported-languages
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import grpc
import numpy as np
from google.cloud.speech_v2.types import cloud_speech as api
from google.longrunning import operations_pb2 as lro
from google.protobuf.empty_pb2 import Empty
from google.rpc.status_pb2 import Status

from functions.audio_processing.settings import Settings
from shared import wiring
from shared.adapters.gcp.speech import build_client
from shared.domain.transcription import HeardWord
from shared.ports.objects import Objects
from shared.ports.transcriber import Transcribes
from tests.fakes.bucket import MemoryBucket
from tests.fakes.grpc_server import GrpcServer, Method, Refused, client_of
from tests.fakes.known_clips import RATE, SpokenWord, spoken_in
from tests.fakes.transcribers import without_fillers

PROJECT = "rostrum-test"
REGION = "us-central1"
BUCKET = "uploads"
LANGUAGES = frozenset({"en-US", "de-DE"})
_TIMES = frozenset({"long", "short", "chirp_2"})
_CONFIDENCE = frozenset({"long", "short"})
_MODELS = _TIMES | {"chirp_3"}
_INLINE_BYTES = 10 * 1024 * 1024
_INLINE_S = 60
_STEP_S = {"chirp_2": 0.04}  # others count in tenths of a second
_SPEECH = "/google.cloud.speech.v2.Speech/"
_OPERATIONS = "/google.longrunning.Operations/"


class FakeSpeechToText(GrpcServer):
    """`results` answers instead of what is heard; an operation is done after `polls` questions.

    `file_status` fails the file of a batch, `operation_status` the whole operation.
    """

    def __init__(self, bucket: Objects) -> None:
        self.results: list[api.SpeechRecognitionResult] | None = None
        self.polls = 1
        self.file_status: int = 0
        self.operation_status: int = 0
        self.cancelled: list[str] = []
        self._bucket = bucket
        self._operations: dict[str, tuple[int, api.BatchRecognizeRequest]] = {}
        super().__init__(
            {
                f"{_SPEECH}Recognize": Method(
                    api.RecognizeRequest.deserialize,
                    api.RecognizeResponse.serialize,
                    self._recognize,
                ),
                f"{_SPEECH}BatchRecognize": Method(
                    api.BatchRecognizeRequest.deserialize,
                    lro.Operation.SerializeToString,
                    self._batch,
                ),
                f"{_OPERATIONS}GetOperation": Method(
                    lro.GetOperationRequest.FromString,
                    lro.Operation.SerializeToString,
                    self._operation,
                ),
                f"{_OPERATIONS}CancelOperation": Method(
                    lro.CancelOperationRequest.FromString, Empty.SerializeToString, self._cancel
                ),
            }
        )

    def _recognize(self, request: api.RecognizeRequest) -> api.RecognizeResponse:
        _check(request.recognizer, request.config)
        _demand(bool(request.content) != bool(request.uri), "content or uri")
        _demand(len(request.content) <= _INLINE_BYTES, "inline audio is at most 10 MB")
        _demand(len(request.content) <= _INLINE_S * RATE * 2, "use BatchRecognize over 60 s")
        return api.RecognizeResponse(results=self._heard(request.content, request.config))

    def _batch(self, request: api.BatchRecognizeRequest) -> lro.Operation:
        _check(request.recognizer, request.config)
        _demand(len(request.files) == 1, "with an inline response, exactly one file")
        output = request.recognition_output_config
        _demand("inline_response_config" in output, "an output config is required")
        name = f"projects/{PROJECT}/locations/{REGION}/operations/{len(self._operations)}"
        self._operations[name] = self.polls, request
        return lro.Operation(name=name)

    def _operation(self, asked: lro.GetOperationRequest) -> lro.Operation:
        if asked.name not in self._operations:
            raise Refused(grpc.StatusCode.NOT_FOUND, "no such operation")
        left, request = self._operations[asked.name]
        self._operations[asked.name] = left - 1, request
        operation = lro.Operation(name=asked.name, done=left <= 1)
        if operation.done and self.operation_status:
            operation.error.CopyFrom(Status(code=self.operation_status, message="scripted"))
        elif operation.done:
            uri = request.files[0].uri
            answer = api.BatchRecognizeResponse(results={uri: self._file(uri, request.config)})
            operation.response.Pack(api.BatchRecognizeResponse.pb(answer))
        return operation

    def _cancel(self, request: lro.CancelOperationRequest) -> Empty:
        self.cancelled.append(request.name)
        return Empty()

    def _file(self, uri: str, config: api.RecognitionConfig) -> api.BatchRecognizeFileResult:
        name = uri.removeprefix(f"gs://{BUCKET}/")
        info = self._bucket.stat(name) if name != uri else None
        status = self.file_status or (0 if info else grpc.StatusCode.NOT_FOUND.value[0])
        if status or info is None:
            return api.BatchRecognizeFileResult(error=Status(code=status, message=uri))
        heard = self._heard(self._bucket.read(name, info.generation), config)
        transcript = api.BatchRecognizeResults(results=heard)
        return api.BatchRecognizeFileResult(inline_result=api.InlineResult(transcript=transcript))

    def _heard(
        self, audio: bytes, config: api.RecognitionConfig
    ) -> list[api.SpeechRecognitionResult]:
        if self.results is not None:
            return self.results
        samples = np.frombuffer(audio, "<i2").astype(np.float32) / 32768
        words = [_word(word, config) for word in spoken_in(samples)]
        if not words:
            return []
        best = api.SpeechRecognitionAlternative(
            transcript=" ".join(word.word for word in words), words=words
        )
        code = config.language_codes[0].lower()
        # The end of an utterance comes as a result of its own.
        return [
            api.SpeechRecognitionResult(alternatives=[best], language_code=code),
            api.SpeechRecognitionResult(result_end_offset=timedelta(seconds=len(samples) / RATE)),
        ]


def _word(word: SpokenWord, config: api.RecognitionConfig) -> api.WordInfo:
    features = config.features
    text = word.text
    if not features.enable_automatic_punctuation:
        text = text.lower().strip(".,")
    info = api.WordInfo(word=text)
    if features.enable_word_time_offsets:
        round_s = _rounder(_STEP_S.get(config.model, 0.1))
        # As on the wire of the real one, an offset of 0 is not set.
        if start := round_s(word.start_s):
            info.start_offset = timedelta(seconds=start)
        if end := round_s(word.end_s):
            info.end_offset = timedelta(seconds=end)
    if features.enable_word_confidence:
        info.confidence = word.confidence
    return info


def _rounder(step_s: float) -> Callable[[float], float]:
    return lambda seconds: round(seconds / step_s) * step_s


def _check(recognizer: str, config: api.RecognitionConfig) -> None:
    if recognizer != f"projects/{PROJECT}/locations/{REGION}/recognizers/_":
        raise Refused(grpc.StatusCode.NOT_FOUND, "no such recognizer here")
    _demand(config.model in _MODELS, "the model does not exist here")
    _demand(len(config.language_codes) == 1, "one language code")
    _demand(config.language_codes[0] in LANGUAGES, "the model does not know the language")
    _demand("explicit_decoding_config" in config, "headerless audio needs its decoding")
    decoding = config.explicit_decoding_config
    _demand(decoding.encoding == decoding.AudioEncoding.LINEAR16, "not the audio's encoding")
    _demand(decoding.sample_rate_hertz == RATE, "not the audio's rate")
    _demand(decoding.audio_channel_count == 1, "not the audio's channels")
    features = config.features
    _demand(not features.enable_word_time_offsets or config.model in _TIMES, "no word times")
    _demand(not features.enable_word_confidence or config.model in _CONFIDENCE, "no confidence")


def _demand(holds: bool, message: str) -> None:
    if not holds:
        raise Refused(grpc.StatusCode.INVALID_ARGUMENT, message)


@contextmanager
def running() -> Iterator[FakeSpeechToText]:
    with FakeSpeechToText(MemoryBucket()) as server, client_of(server, build_client, REGION):
        yield server


def asking(server: FakeSpeechToText, **settings: Any) -> Transcribes:
    """The recogniser that audio processing has where it asks the server."""
    return wiring.transcriber(
        Settings(
            engine="google",
            project=PROJECT,
            own_account="functions@rostrum-test.iam.gserviceaccount.com",
            transcriber="google",
            speech_url=server.address,
            STORAGE_EMULATOR_HOST="http://127.0.0.1:1",
            **settings,
        )
    )


def as_google_gives(words: Sequence[HeardWord]) -> list[api.SpeechRecognitionResult]:
    """In tenths of a second, without sounds such as "um"."""
    kept = without_fillers(words)
    infos = [
        api.WordInfo(
            word=word.text,
            start_offset=timedelta(seconds=round(word.start_s, 1)),
            end_offset=timedelta(seconds=round(word.end_s, 1)),
            confidence=word.confidence,
        )
        for word in kept
    ]
    transcript = " ".join(word.text for word in kept)
    best = api.SpeechRecognitionAlternative(transcript=transcript, words=infos)
    return [api.SpeechRecognitionResult(alternatives=[best], language_code="en-us")]
