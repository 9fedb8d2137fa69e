"""The phones of English: ARPAbet symbols without stress, their order in the models, IPA beside."""

from collections.abc import Mapping
from typing import Final

IPA: Final[Mapping[str, str]] = {
    "AA": "ɑ",  # noqa: RUF001
    "AE": "æ",
    "AH": "ʌ",
    "AO": "ɔ",
    "AW": "aʊ",
    "AY": "aɪ",  # noqa: RUF001
    "B": "b",
    "CH": "tʃ",
    "D": "d",
    "DH": "ð",
    "EH": "ɛ",
    "ER": "ɝ",
    "EY": "eɪ",  # noqa: RUF001
    "F": "f",
    "G": "ɡ",  # noqa: RUF001
    "HH": "h",
    "IH": "ɪ",  # noqa: RUF001
    "IY": "i",
    "JH": "dʒ",
    "K": "k",
    "L": "l",
    "M": "m",
    "N": "n",
    "NG": "ŋ",
    "OW": "oʊ",
    "OY": "ɔɪ",
    "P": "p",
    "R": "ɹ",
    "S": "s",
    "SH": "ʃ",
    "T": "t",
    "TH": "θ",
    "UH": "ʊ",
    "UW": "u",
    "V": "v",
    "W": "w",
    "Y": "j",
    "Z": "z",
    "ZH": "ʒ",
}
PHONES: Final = tuple(IPA)
INDEX: Final[Mapping[str, int]] = {phone: index for index, phone in enumerate(PHONES)}
SILENCE: Final = len(PHONES)  # the class after the phones in every model
VOWELS: Final = frozenset(
    {"AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"}
)
