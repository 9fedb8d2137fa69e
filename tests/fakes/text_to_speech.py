"""A local Text-to-Speech: reads any text as the same recording, over gRPC.

https://cloud.google.com/text-to-speech/docs/reference/rpc/google.cloud.texttospeech.v1
https://cloud.google.com/text-to-speech/quotas
"""

from pathlib import Path

import grpc
from google.cloud.texttospeech_v1.types import cloud_tts as api

from tests.fakes.grpc_server import GrpcServer, Method, Refused

VOICES = {
    "en-US-Chirp3-HD-Kore": "en-US",
    "en-GB-Neural2-A": "en-GB",
    "cmn-CN-Chirp3-HD-Kore": "cmn-CN",
}
_AUDIO = Path(__file__).parents[1] / "fixtures" / "audio"
_FILES = {
    api.AudioEncoding.MP3: "two-cities.mp3",
    api.AudioEncoding.OGG_OPUS: "two-cities.ogg",
    api.AudioEncoding.LINEAR16: "austen.wav",
}
_MAX_BYTES = 5000


class FakeTextToSpeech(GrpcServer):
    """`silent` answers no audio."""

    def __init__(self) -> None:
        self.silent = False
        super().__init__(
            {
                "/google.cloud.texttospeech.v1.TextToSpeech/SynthesizeSpeech": Method(
                    api.SynthesizeSpeechRequest.deserialize,
                    api.SynthesizeSpeechResponse.serialize,
                    self._synthesize,
                )
            }
        )

    def _synthesize(self, request: api.SynthesizeSpeechRequest) -> api.SynthesizeSpeechResponse:
        sources = [name for name in ("text", "ssml", "markup") if name in request.input]
        if len(sources) != 1 or len(getattr(request.input, sources[0]).encode()) > _MAX_BYTES:
            raise Refused(grpc.StatusCode.INVALID_ARGUMENT, "one input of at most 5000 bytes")
        if VOICES.get(request.voice.name) != request.voice.language_code:
            raise Refused(grpc.StatusCode.INVALID_ARGUMENT, "no such voice in this language")
        if request.audio_config.audio_encoding not in _FILES:
            raise Refused(grpc.StatusCode.INVALID_ARGUMENT, "no such encoding")
        name = _FILES[request.audio_config.audio_encoding]
        data = b"" if self.silent else (_AUDIO / name).read_bytes()
        return api.SynthesizeSpeechResponse(audio_content=data)
