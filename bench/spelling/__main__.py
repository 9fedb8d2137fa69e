"""Learn spelling to sound from the dictionary: `make train-spelling`.

Prints the error rates for words held out, then learns from all and writes the model of
`shared/speech/models`: the same dictionary, the same bytes.
"""

import argparse
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from zlib import crc32

from bench.spelling.errors import ErrorRates
from bench.spelling.graphones import Graphone, shares, split
from bench.spelling.ngrams import learn
from shared.speech.grapheme_to_phoneme import BEST, GRAPHONES, Graphones
from shared.speech.lexicon import listed, pronunciations
from shared.speech.networks import MODELS
from shared.speech.unlisted import derived

_LEARNED: Final = re.compile(r"[a-z]{3,}")
_OF_A_FAMILY: Final = 5  # letters that a word, its inflections and its derivations begin with
_HELD_OUT: Final = 20  # one family of so many
_EXPLAINED: Final = 12_000  # entries to learn from what letters stand for
_MEASURED: Final = 2_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=MODELS / GRAPHONES)
    out: Path = parser.parse_args().out
    words = sorted(filter(_LEARNED.fullmatch, listed()), key=_shuffled)
    held = [word for word in words if _shuffled(word[:_OF_A_FAMILY]) % _HELD_OUT == 0]
    families = {word[:_OF_A_FAMILY] for word in held}
    rest = [word for word in words if word[:_OF_A_FAMILY] not in families]
    known = shares((word, _said(word)) for word in rest[:_EXPLAINED])
    as_graphones = {word: split(word, _said(word), known) for word in words}
    print(f"{len(words)} words, {sum(not each for each in as_graphones.values())} not explained")
    unexplained = [word for word in held if not derived(word)][:_MEASURED]
    print(_rates(Graphones.of(_learned(rest, as_graphones)), unexplained), flush=True)
    content = _learned(words, as_graphones)
    out.write_bytes(content)
    print(f"{out}: {len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")


def _learned(words: Sequence[str], as_graphones: dict[str, list[Graphone]]) -> bytes:
    return learn(found for word in words if (found := as_graphones[word]))


def _rates(model: Graphones, words: Sequence[str]) -> str:
    """Errors of the likeliest way, and of the best of those that are used."""
    first, best = ErrorRates(), ErrorRates()
    for word in words:
        ways = model.ways(word)
        accepted = [tuple(phones.split()) for phones in pronunciations(word)]
        first.count(ways[:1], accepted)
        best.count(ways, accepted)
    return f"{len(words)} words of no known parts held out: {first}; best of {BEST}: {best}"


def _shuffled(word: str) -> int:
    return crc32(word.encode())


def _said(word: str) -> tuple[str, ...]:
    return tuple(pronunciations(word)[0].split())


if __name__ == "__main__":
    main()
