"""A third synthesiser for planted errors: hibari-tts (Apache-2.0), told phones in its own alphabet.

Its voice "heart" ships in the wheel and learned from Kokoro-82M. The seed makes equal runs give
equal samples.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from bench.accuracy.material import Planted
from bench.accuracy.sound import RATE, Samples, resampled, shifted
from shared.speech.phones import IPA

_SEED: Final = 1
_OTHERWISE: Final = {"AW": "W", "AY": "I", "CH": "ʧ", "EY": "A", "JH": "ʤ", "OW": "O"}
_UNTOLD: Final = {"AA", "AH", "ER", "OY"}  # no error is planted in or with them
_SYMBOLS: Final = {
    phone: _OTHERWISE.get(phone, ipa) for phone, ipa in IPA.items() if phone not in _UNTOLD
}


class HibariVoice:
    def __init__(self, name: str, factor: float) -> None:
        from hibari import Hibari

        self.name = name
        self._voice, self._factor = Hibari(), factor

    def say(self, text: str) -> Samples:
        return self._spoken(self._phonemes(text))

    def misread(self, text: str, planted: Sequence[Planted]) -> Samples | None:
        groups = self._phonemes(text).split(" ")
        if len(groups) != len(text.split()):
            return None
        for error in planted:
            expected = _SYMBOLS.get(error.expected, "")
            if groups[error.index].count(expected or " ") != 1:
                return None
            said = _SYMBOLS[error.said] if error.said else ""
            groups[error.index] = groups[error.index].replace(expected, said)
        return self._spoken(" ".join(groups))

    def _phonemes(self, text: str) -> str:
        return " ".join(self._voice.phonemize(text))

    def _spoken(self, phonemes: str) -> Samples:
        samples = self._voice.from_phonemes(phonemes, seed=_SEED)
        at_rate = resampled(samples.astype(np.float32), self._voice.sample_rate, RATE)
        return shifted(at_rate, self._factor)
