"""Planted errors as a voice is told them: in IPA as espeak-ng writes it, or in Flite's phones."""

import re
from collections.abc import Sequence

from bench.accuracy.material import Planted

_IPA = {
    "AE": ("æ",),
    "AO": ("ɔː", "ɔ"),
    "B": ("b",),
    "CH": ("tʃ",),
    "D": ("d",),
    "DH": ("ð",),
    "EH": ("ɛ",),
    "EY": ("eɪ",),  # noqa: RUF001
    "F": ("f",),
    "G": ("ɡ",),  # noqa: RUF001
    "IH": ("ɪ",),  # noqa: RUF001
    "IY": ("iː", "i"),  # noqa: RUF001
    "JH": ("dʒ",),
    "K": ("k",),
    "L": ("l",),
    "N": ("n",),
    "NG": ("ŋ",),
    "OW": ("oʊ",),
    "P": ("p",),
    "R": ("ɹ",),
    "S": ("s",),
    "SH": ("ʃ",),
    "T": ("t",),
    "TH": ("θ",),
    "UH": ("ʊ",),
    "UW": ("uː", "u"),  # noqa: RUF001
    "V": ("v",),
    "W": ("w",),
    "Z": ("z",),
}
_TOKEN = re.compile(r"tʃ|dʒ|[eaɔ]ɪ|[oa]ʊ|[iuɔɑɜ]ː|.")  # noqa: RUF001


def plant_ipa(sentence: str, words: int, planted: Sequence[Planted]) -> str | None:
    """The sentence's IPA with the errors; None where its words are not those of the text."""
    groups = sentence.split(" ")
    if len(groups) != words:
        return None
    for error in planted:
        tokens = _TOKEN.findall(groups[error.index])
        places = [i for i, token in enumerate(tokens) if token in _IPA[error.expected]]
        if len(places) != 1:
            return None
        tokens[places[0]] = _IPA[error.said][0] if error.said else ""
        groups[error.index] = "".join(tokens)
    return " ".join(groups)


def plant_phones(
    sentence: Sequence[str], planted: Sequence[tuple[Planted, Sequence[str]]]
) -> list[str] | None:
    """The sentence's phones with the errors; each comes with its word's phones said alone."""
    phones = list(sentence)
    for error, word in planted:
        starts = [i for i in range(len(phones)) if phones[i : i + len(word)] == list(word) and word]
        places = [i for i, phone in enumerate(word) if phone == error.expected.lower()]
        if len(starts) != 1 or len(places) != 1:
            return None
        at = starts[0] + places[0]
        phones[at : at + 1] = [error.said.lower()] if error.said else []
    return phones
