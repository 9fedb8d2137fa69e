"""Raw recognition, which ours is measured against: faster-whisper as its documentation calls it.

With the weights, beam, thread and word times of ours, in a process that has loaded the model.
"""

from collections.abc import Callable
from pathlib import Path


def raw_recognition(models: Path) -> Callable[[Path], list[str]]:
    """Recognises an audio file, decoding included; `models` as `assemble` takes them."""
    from faster_whisper import WhisperModel

    from shared.adapters.embedded.whisper_weights import assemble

    model = WhisperModel(
        str(assemble(models)), device="cpu", compute_type="int8", cpu_threads=1, num_workers=1
    )

    def recognise(audio: Path) -> list[str]:
        segments, _ = model.transcribe(
            str(audio),
            language="en",
            beam_size=2,
            temperature=0.0,
            word_timestamps=True,
            vad_filter=True,
            condition_on_previous_text=False,
        )
        return [segment.text for segment in segments]

    return recognise
