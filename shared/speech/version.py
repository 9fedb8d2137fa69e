"""Which engine made an analysis."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

RELEASE: Final = "1"
# Rules of the domain that an analysis is made by.
_RULES: Final = ("recurring_phones.py",)
_INSTRUMENTS: Final = ("av", "cefrpy", "faster-whisper", "numpy", "onnxruntime", "pocketsphinx")


@cache
def scorer_version() -> str:
    """Release and a hash of this engine's sources, its data and the packages it measures with.

    Two analyses of one recording with the same version and transcriber are the same; any change
    of code, settings or anchors gives another version.
    """
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    engine = sorted([*folder.glob("*.py"), *folder.glob("*.json"), *folder.glob("models/*")])
    for source in [*engine, *(folder.parent / "domain" / name for name in _RULES)]:
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    for package in _INSTRUMENTS:
        digest.update(f"{package}=={version(package)}".encode())
    return f"{RELEASE}+{digest.hexdigest()[:8]}"
