"""What hearing costs is measured of the recogniser, and of the encoder that stands alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.capacity.hearing import hearing
from shared.adapters.embedded.transcriber import WhisperTranscriber

HOBBY = Path(__file__).parents[1] / "fixtures" / "audio" / "hobby.flac"


def test_the_recogniser_is_asked_for_its_own_part_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    encoded_s: list[float] = []

    def counted(name: str) -> Callable[..., Any]:
        method = getattr(WhisperTranscriber, name)

        def call(*arguments: Any, **options: Any) -> Any:
            asked.append(name)
            if name == "encode":
                _, _, stretches = arguments
                encoded_s.append(sum(end - start for start, end in stretches))
            return method(*arguments, **options)

        return call

    for name in ("transcribe", "encode"):
        monkeypatch.setattr(WhisperTranscriber, name, counted(name))
    recording = HOBBY.read_bytes()
    spent = hearing(tmp_path, recording, warm_up=recording, whole_s=10.0)
    assert asked.count("transcribe") == 2, "warming up, and of free speech"
    assert asked[-2:] == ["encode", "encode"], "of free speech and of the reading"
    of_free_speech, of_reading = encoded_s
    assert 0 < of_free_speech <= of_reading
    assert set(spent) == {"cpu_s_recognition", "cpu_s_encoder", "cpu_s_encoder_of_reading"}
    assert 0 < spent["cpu_s_recognition"] < 10, "a part of the whole"
    assert spent["cpu_s_encoder"] > 0
    assert spent["cpu_s_encoder_of_reading"] > 0
