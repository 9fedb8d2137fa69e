from pathlib import Path

import numpy as np
import pytest
from pocketsphinx import Decoder

from shared.speech.cepstra import COEFFICIENTS
from shared.speech.decode import decode
from shared.speech.frames import SAMPLE_RATE

AUDIO = Path(__file__).parents[2] / "fixtures" / "audio"
_LENGTH = 4  # bytes before the values in a log of coefficients
_HEADER_END = b"endhdr\n"
_ORDER = 4  # bytes that tell the order of bytes
_STATES = 5126


@pytest.fixture(scope="session")
def audio():
    """Reads a fixture's bytes by name."""
    return lambda name: (AUDIO / name).read_bytes()


@pytest.fixture(scope="session")
def samples(audio):
    """Decodes a fixture by name."""
    return lambda name: decode(audio(name)).samples


@pytest.fixture(scope="session")
def decoded(samples, tmp_path_factory):
    """Samples of a fixture, and what PocketSphinx makes of them: (frames, 13) coefficients and
    (frames, states) costs in its unit."""
    folder = tmp_path_factory.mktemp("decoded")
    found = samples("kennedy.flac")[: 4 * SAMPLE_RATE]
    decoder = Decoder(
        lm=None,
        samprate=SAMPLE_RATE,
        loglevel="FATAL",
        compallsen=True,
        mfclogdir=str(folder),
        senlogdir=str(folder),
    )
    decoder.set_align_text("and so my fellow americans")
    decoder.start_utt()
    decoder.process_raw((found * 32768).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    (coefficients,) = folder.glob("*.mfc")
    (scores,) = folder.glob("*.sen")
    logged = scores.read_bytes()
    costs = np.frombuffer(logged[logged.index(_HEADER_END) + len(_HEADER_END) + _ORDER :], "<i2")
    return (
        np.round(found * 32768).clip(-32768, 32767).astype(np.float32) / 32768,
        np.frombuffer(coefficients.read_bytes()[_LENGTH:], ">f4").reshape(-1, COEFFICIENTS),
        costs.reshape(-1, 1 + _STATES)[:, 1:],
    )
