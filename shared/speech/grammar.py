"""Errors of grammar in what was said freely, as evidence for feedback; never a score.

Few and sure: patterns that hardly match right English, on words the recogniser was sure of, within
a stretch of fluent speech. What is not found is not thereby right. English only.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from shared.domain.analysis import LanguageFinding, Word
from shared.speech import inflection
from shared.speech.text import TextWord

MAX_FINDINGS: Final = 8
MIN_CONFIDENCE: Final = 0.5
BREAK_S: Final = 0.5
_RULES: Final = Path(__file__).with_name("grammar_rules.json")
_SENTENCE, _CLAUSE, _BREAK = " .", " ,", " ~"
_NOT_AFTER_PRONOUN: Final = "".join(
    f"(?<!{word} )" for word in ("i", "you", "he", "she", "we", "they", "him", "her", "me", "them")
)
# What makes the verb of a subject behind it a base form, hesitation or not ("did, um, he have").
_BEFORE_BASE: Final = """
    can could did do does help let lets made make makes may might must shall should that will would
"""
_NOT_BEFORE_BASE: Final = "".join(f"(?<!{word} )(?<!{word} , )" for word in _BEFORE_BASE.split())
_START: Final = f"(?:[.] (?:and )?|{_NOT_BEFORE_BASE}, (?:and )?|@clear )"
# A hesitation may stand before an object as well ("let ~ everyone know"), but not before "he".
_OPENING: Final = f"(?:{_START}|{_NOT_BEFORE_BASE}~ )"
_LIST: Final = re.compile(r"@(\w+)")
_CAPITAL: Final = re.compile(r"\b(?:i|monday|friday|saturday|sunday|english|american)\b")
_SLOT: Final = re.compile(r"\{(\w+)(?::(\w+))?\}")

Form = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` has a group `at` around what is wrong."""

    name: str
    pattern: re.Pattern[str]
    message: str
    suggestion: str | None


def language_findings(
    texts: Sequence[TextWord], words: Sequence[Word]
) -> tuple[LanguageFinding, ...]:
    """At most eight, in the order said. `texts` and `words` are the same words side by side.

    A finding lies within a stretch without filler, restart, pause of 0.5 s or clause mark, and
    only on words whose confidence is at least 0.5 or unknown, since a recogniser mishears endings.
    """
    text, starts = _as_text(texts, words)
    found: dict[tuple[int, ...], LanguageFinding] = {}
    taken: set[int] = set()
    for at, rule, match in sorted(_matches(text), key=lambda item: item[0]):
        indices = tuple(starts[i] for i in range(*at) if i in starts)
        if taken.isdisjoint(indices) and all(_is_sure(words[index]) for index in indices):
            taken.update(indices)
            found[indices] = LanguageFinding(indices, rule.name, rule.message, _right(rule, match))
    return tuple(found.values())[:MAX_FINDINGS]


def _as_text(texts: Sequence[TextWord], words: Sequence[Word]) -> tuple[str, dict[int, int]]:
    """Lower-case words with marks between, from a mark on, and at which letter each begins."""
    text, starts = _SENTENCE, dict[int, int]()
    before: Word | None = None
    for index, (word, said) in enumerate(zip(texts, words, strict=True)):
        is_said = said.result not in ("filler", "repeated")
        if not is_said or (before and _gap_s(before, said) >= BREAK_S):
            text = text.removesuffix(_BREAK) + _BREAK
        if is_said:
            text += " "
            starts[len(text)] = index
            text += word.text.casefold()
            text += _SENTENCE if word.ends_sentence else _CLAUSE if word.ends_clause else ""
        before = said
    return text[1:] + _SENTENCE, {start - 1: index for start, index in starts.items()}


def _matches(text: str) -> Iterator[tuple[tuple[int, int], Rule, re.Match[str]]]:
    for rule in rules():
        for match in rule.pattern.finditer(text):
            yield match.span("at"), rule, match


def _is_sure(word: Word) -> bool:
    return word.confidence is None or word.confidence >= MIN_CONFIDENCE


def _gap_s(before: Word, after: Word) -> float:
    if before.end_s is None or after.start_s is None:
        return 0.0
    return after.start_s - before.end_s


def _right(rule: Rule, match: re.Match[str]) -> str | None:
    if rule.suggestion is None:
        return None

    def filled(slot: re.Match[str]) -> str:
        word = match[slot[1]]
        return form_of(slot[2], word) if slot[2] else word

    return _CAPITAL.sub(lambda word: word[0].capitalize(), _SLOT.sub(filled, rule.suggestion))


def form_of(form: str, word: str) -> str:
    """A word in the form that a suggestion names: "third" of "go" is "goes"."""
    return _forms()[form](word)


@cache
def rules() -> tuple[Rule, ...]:
    """Each pattern once, in the order in which they are preferred."""
    stored = _stored()
    verbs = inflection.common_verbs()
    lists: dict[str, str] = {
        name: _any_of(words.split()) for name, words in stored["words"].items()
    }
    lists |= {
        "base": _any_of(verbs.bases),
        "gerund": _any_of(verbs.gerunds),
        "participle": _any_of(verbs.participles),
        "past": _any_of(verbs.pasts),
        "regular_past": _any_of(verbs.regular_pasts),
        "simple_past": _any_of(verbs.participle_of),
        "third": _any_of(verbs.thirds),
        "overregular": _any_of(verbs.irregular_of),
    }
    lists["start"] = _START.replace("@clear", lists["clear"])
    lists["opening"] = _OPENING.replace("@clear", lists["clear"])
    lists["opening_or_and"] = f"(?:{lists['opening']}|{_NOT_AFTER_PRONOUN}and )"
    return tuple(
        Rule(
            rule["rule"], _compiled(rule["pattern"], lists), rule["message"], rule.get("suggestion")
        )
        for rule in stored["rules"]
    )


def _compiled(pattern: str, lists: Mapping[str, str]) -> re.Pattern[str]:
    """Of whole words: no pattern begins or ends within one."""
    named = _LIST.sub(lambda match: lists[match[1]], pattern)
    return re.compile("(?<![^ ])" + named.replace("«", "(?P<at>").replace("»", ")") + "(?![^ ])")


def _any_of(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(sorted(words))})"


@cache
def _forms() -> Mapping[str, Form]:
    verbs = inflection.common_verbs()
    tables: dict[str, Mapping[str, str]] = _stored()["forms"]
    return {
        "base": verbs.base_of.__getitem__,
        "participle": verbs.participle_of.__getitem__,
        "irregular": verbs.irregular_of.__getitem__,
        "third": lambda word: tables["third"].get(word) or inflection.third_person(word),
        "ing": inflection.gerund,
        "one": inflection.one,
        "many": inflection.many,
        **{name: table.__getitem__ for name, table in tables.items() if name != "third"},
    }


@cache
def _stored() -> Any:  # noqa: ANN401  (JSON)
    return json.loads(_RULES.read_text(encoding="utf-8"))
