"""Speech-to-Text as its adapter meets it: a local server, a bucket, and waits that take no time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.gcp.speech import SpeechModel, SpeechToText, build_client
from shared.domain.transcription import Transcription
from shared.speech.decode import decode
from tests.fakes.bucket import MemoryBucket
from tests.fakes.grpc_server import client_of
from tests.fakes.speech_to_text import BUCKET, PROJECT, REGION, FakeSpeechToText

_AUDIO = Path(__file__).parents[2] / "fixtures" / "audio"


@dataclass
class Recognition:
    """The adapter over the real client, and all it touches."""

    server: FakeSpeechToText
    bucket: MemoryBucket
    waits: list[float] = field(default_factory=list)

    def adapter(
        self,
        *,
        model: str = "long",
        project: str = PROJECT,
        languages: dict[str, str] | None = None,
        **options: Any,
    ) -> SpeechToText:
        languages = languages or {"en": "en-US"}
        return SpeechToText(
            build_client(REGION, url=self.server.address),
            SpeechModel(project, REGION, model, languages),
            self.bucket,
            BUCKET,
            **{"sleep": self.waits.append} | options,
        )

    def hear(self, samples, *, language: str = "en", **options: Any) -> Transcription:
        adapter = self.adapter(**options)
        return adapter.transcribe(samples, [(0.0, 1.0)], language=language, keep_fillers=True)


@pytest.fixture
def recognition() -> Iterator[Recognition]:
    bucket = MemoryBucket()
    with FakeSpeechToText(bucket) as server, client_of(server, build_client, REGION):
        yield Recognition(server, bucket)


@pytest.fixture(scope="session")
def kennedy():
    """Eleven seconds with 22 words."""
    return decode((_AUDIO / "kennedy.flac").read_bytes()).samples
