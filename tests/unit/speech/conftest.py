from pathlib import Path

import pytest

from shared.speech.decode import decode

AUDIO = Path(__file__).parents[2] / "fixtures" / "audio"


@pytest.fixture(scope="session")
def audio():
    """Reads a fixture's bytes by name."""
    return lambda name: (AUDIO / name).read_bytes()


@pytest.fixture(scope="session")
def samples(audio):
    """Decodes a fixture by name."""
    return lambda name: decode(audio(name)).samples
