"""One spelling for English words written in several: British and American, -ise and -ize.

Both sides of a comparison pass through here, so the result need not be a word: it only must not
make two different words alike.
"""

import re
from typing import Final

_TABLE: Final = {
    "aeroplane": "airplane",
    "aluminium": "aluminum",
    "centre": "center",
    "cheque": "check",
    "cosy": "cozy",
    "defence": "defense",
    "enrol": "enroll",
    "fibre": "fiber",
    "fulfil": "fulfill",
    "full": "ful",
    "gaol": "jail",
    "grey": "gray",
    "kerb": "curb",
    "learnt": "learned",
    "burnt": "burned",
    "dreamt": "dreamed",
    "spelt": "spelled",
    "licence": "license",
    "litre": "liter",
    "manoeuvre": "maneuver",
    "metre": "meter",
    "mould": "mold",
    "mum": "mom",
    "offence": "offense",
    "ok": "okay",
    "plough": "plow",
    "practise": "practice",
    "pretence": "pretense",
    "programme": "program",
    "pyjamas": "pajamas",
    "sceptical": "skeptical",
    "skilful": "skillful",
    "theatre": "theater",
    "till": "til",
    "tonne": "ton",
    "tyre": "tire",
    "whisky": "whiskey",
    "alright": "allright",
}
_OUR: Final = re.compile(
    r"^((?:un|dis|mis)?(?:arb|arm|behavi|cand|clam|col|demean|endeav|fav|ferv|flav|glam|harb|hon"
    r"|hum|lab|neighb|od|parl|ranc|rig|rum|sav|savi|splend|succ|tum|val|vap|vig))our"
)
_ISE: Final = re.compile(r"(?<=[a-z]{3})(i|y)s(e|ed|es|er|ers|ing|able|ation|ations)$")
_DOUBLED: Final = re.compile(
    r"^(cancel|channel|counsel|dial|equal|fuel|initial|jewel|label|level|marvel|model|panel|pedal"
    r"|quarrel|rival|shovel|signal|total|travel|tunnel)l(ed|ing|er|ers|or|ors|ery)$"
)
_LATIN: Final = re.compile(
    r"(?<=h)ae(?=m)|ae(?=mi[ac])|(?<=an)ae(?=sth)|(?<=p)ae(?=d)|(?<=gyn)ae(?=c)|(?<=di)ae(?=v)"
    r"|(?<=arch)ae(?=o)|(?<=^f)ae(?=c)|(?<=^c)ae(?=sar)|(?<=rrh)oe(?=a)|(?<=^f)oe(?=t)"
    r"|^oe(?=str|soph|dem)"
)
_OGUE: Final = re.compile(r"(?<=[a-z]{3})ogue(s?)$")
_PLURAL: Final = re.compile(r"(?<=[a-z]{3})s$")


def canonical_spelling(word: str) -> str:
    """The form that all spellings of the lower-case `word` share."""
    stem, plural = (word[:-1], "s") if word[:-1] in _TABLE and _PLURAL.search(word) else (word, "")
    word = _TABLE.get(stem, stem) + plural
    word = _OUR.sub(r"\1or", word)
    word = _ISE.sub(r"\1z\2", word)
    word = _DOUBLED.sub(r"\1\2", word)
    word = _LATIN.sub("e", word)
    return _OGUE.sub(r"og\1", word)
