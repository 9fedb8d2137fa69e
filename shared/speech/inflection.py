"""Forms of English verbs and nouns, to find a wrong one and to name the right one."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

_IRREGULAR: Final = """
    become became become, begin began begun, break broke broken, bring brought brought,
    build built built, buy bought bought, catch caught caught, choose chose chosen,
    come came come, do did done, drink drank drunk, drive drove driven, eat ate eaten,
    fly flew flown, forget forgot forgotten, get got got, give gave given, go went gone,
    grow grew grown, have had had, hear heard heard, hold held held, keep kept kept,
    know knew known, lose lost lost, make made made, meet met met, pay paid paid, run ran run,
    say said said, sell sold sold, send sent sent, sing sang sung, sleep slept slept,
    speak spoke spoken, spend spent spent, stand stood stood, swim swam swum, take took taken,
    teach taught taught, tell told told, think thought thought, throw threw thrown,
    understand understood understood, wear wore worn, win won won, write wrote written
"""
_AMBIGUOUS: Final = """
    fall fell fallen, feel felt felt, find found found, leave left left, see saw seen
"""
_REGULAR: Final = """
    arrive ask agree believe call change cook decide depend enjoy explain finish follow happen
    help hope learn like listen live look love move need play prefer remember start stay stop
    study talk travel try visit wait walk want watch work
"""
_THIRD: Final = {"have": "has"}
_MANY: Final = {"person": "people"}
_DOUBLING: Final = frozenset(
    {"begin", "forget", "get", "plan", "run", "sit", "stop", "swim", "travel", "win"}
)
_VOWELS: Final = frozenset("aeiou")


class Verbs:
    """`irregular` and `ambiguous` as "go went gone", `regular` by their base forms.

    The past of an ambiguous verb is the base form of another: "found", "saw".
    """

    def __init__(
        self, irregular: Iterable[str], ambiguous: Iterable[str], regular: Iterable[str]
    ) -> None:
        sure = [row.split() for row in irregular]
        rows = [*sure, *(row.split() for row in ambiguous)]
        by_rule = {base: regular_past(base) for base in regular}
        pasts = {base: past for base, past, _ in rows} | by_rule
        self.bases = frozenset(pasts)
        self.thirds = frozenset(map(third_person, pasts))
        self.gerunds = frozenset(map(gerund, pasts))
        self.participles = frozenset(participle for *_, participle in rows)
        self.regular_pasts = frozenset(by_rule.values())
        self.pasts = frozenset(past for _, past, _ in sure) | self.regular_pasts
        self.base_of: Mapping[str, str] = {
            form: base
            for base, past in pasts.items()
            for form in (third_person(base), gerund(base), past)
        }
        self.participle_of: Mapping[str, str] = {
            past: participle for base, past, participle in sure if past != participle
        }
        self.irregular_of: Mapping[str, str] = {regular_past(base): past for base, past, _ in sure}


@cache
def common_verbs() -> Verbs:
    """Verbs of everyday speech."""
    return Verbs(_IRREGULAR.split(","), _AMBIGUOUS.split(","), _REGULAR.split())


def third_person(base: str) -> str:
    """Go: goes."""
    return _THIRD.get(base) or _with_s(base)


def gerund(base: str) -> str:
    """Write: writing."""
    if base.endswith("e") and not base.endswith(("ee", "oe")) and base != "be":
        return base[:-1] + "ing"
    return _doubled(base) + "ing"


def regular_past(base: str) -> str:
    """Study: studied; of an irregular verb what learners take for its past."""
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and base[-2] not in _VOWELS:
        return base[:-1] + "ied"
    return _doubled(base) + "ed"


def many(noun: str) -> str:
    """City: cities."""
    return _MANY.get(noun) or _with_s(noun)


def one(noun: str) -> str:
    """Cities: city."""
    return noun[:-3] + "y" if noun.endswith("ies") else noun.removesuffix("s")


def _with_s(word: str) -> str:
    if word.endswith("y") and word[-2] not in _VOWELS:
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")


def _doubled(base: str) -> str:
    return base + base[-1] if base in _DOUBLING else base
