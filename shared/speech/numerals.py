"""English numerals as they may be spoken: every usual reading of a written number."""

import re
from typing import Final

_UNITS: Final = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS: Final = [
    "-",
    "-",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
]
_SCALES: Final = ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"))
_ORDINALS: Final = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_MAX_DIGITS: Final = 12
_MAX_DIGITS_SPELT: Final = 20
_NUMBER: Final = re.compile(
    r"(?P<sign>[-+]?)(?P<currency>[$£€]?)(?P<whole>\d+(?:,\d{3})*)(?:\.(?P<fraction>\d+))?"
    r"(?P<suffix>%|st|nd|rd|th|s|'s)?"
)
_CLOCK: Final = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d{2})")
_CURRENCIES: Final = {"$": ("dollar", "dollars"), "£": ("pound", "pounds"), "€": ("euro", "euros")}
_YEARS: Final = range(1100, 2100)


def readings(token: str) -> list[tuple[str, ...]]:
    """The ways to say a token of digits, the likeliest first; [] when it is not a number.

    Cardinals with and without "and", years in pairs, digit by digit, ordinals, decimals,
    percentages, amounts of money, decades and clock times.
    """
    if clock := _CLOCK.fullmatch(token):
        return _clock(int(clock["hour"]), clock["minute"])
    match = _NUMBER.fullmatch(token)
    if not match:
        return []
    digits = match["whole"].replace(",", "")
    if len(digits) > _MAX_DIGITS or (len(digits) > 1 and digits[0] == "0"):
        return _one_by_one(digits) if len(digits) <= _MAX_DIGITS_SPELT else []
    suffix, value = match["suffix"] or "", int(digits)
    plain = [cardinal(value), cardinal(value, joined_by_and=True)]
    if match["fraction"]:
        plain = [(*words, "point", *_one_by_one(match["fraction"])[0]) for words in plain]
    elif match["whole"] == digits and not match["currency"]:
        years = [_year(value)] if value in _YEARS and suffix in ("", "s", "'s") else []
        plain = [*years, *plain, *([] if suffix else _one_by_one(digits))]
    found = [_with_suffix(words, suffix) for words in plain]
    if match["currency"]:
        found = _money(value, match["currency"], match["fraction"] or "", found)
    if match["sign"]:
        found = [("minus" if match["sign"] == "-" else "plus", *words) for words in found]
    return list(dict.fromkeys(found))


def cardinal(value: int, *, joined_by_and: bool = False) -> tuple[str, ...]:
    """0 to below a million million in words, British with "and" or American without."""
    if value < len(_UNITS):
        return (_UNITS[value],)
    if value < 100:  # noqa: PLR2004
        ten, unit = divmod(value, 10)
        return (_TENS[ten], _UNITS[unit]) if unit else (_TENS[ten],)
    if value < 1_000:  # noqa: PLR2004
        hundreds, rest = divmod(value, 100)
        joint = ("and",) if joined_by_and else ()
        return (_UNITS[hundreds], "hundred", *((*joint, *cardinal(rest)) if rest else ()))
    size, name = next(scale for scale in _SCALES if value >= scale[0])
    count, rest = divmod(value, size)
    joint = ("and",) if joined_by_and and 0 < rest < 100 else ()  # noqa: PLR2004
    tail = (*joint, *cardinal(rest, joined_by_and=joined_by_and)) if rest else ()
    return (*cardinal(count, joined_by_and=joined_by_and), name, *tail)


def ordinal(words: tuple[str, ...]) -> tuple[str, ...]:
    """The ordinal of a cardinal: the last word changes."""
    *head, last = words
    if last in _ORDINALS:
        return (*head, _ORDINALS[last])
    return (*head, last[:-1] + "ieth" if last.endswith("y") else last + "th")


def _with_suffix(words: tuple[str, ...], suffix: str) -> tuple[str, ...]:
    match suffix:
        case "%":
            return (*words, "percent")
        case "st" | "nd" | "rd" | "th":
            return ordinal(words)
        case "s" | "'s":
            last = words[-1]
            return (*words[:-1], last[:-1] + "ies" if last.endswith("y") else last + "s")
    return words


def _money(
    value: int, currency: str, fraction: str, plain: list[tuple[str, ...]]
) -> list[tuple[str, ...]]:
    singular, plural = _CURRENCIES[currency]
    if len(fraction) != 2:  # noqa: PLR2004  (cents and pence have two digits)
        return [(*words, singular if value == 1 and not fraction else plural) for words in plain]
    whole = (*cardinal(value), singular if value == 1 else plural)
    small = cardinal(int(fraction))
    cents = "pence" if currency == "£" else "cents"
    return [(*whole, *small), (*whole, "and", *small, cents), *((*w, plural) for w in plain)]


def _year(value: int) -> tuple[str, ...]:
    century, rest = divmod(value, 100)
    if century % 10 == 0 and rest < 10:  # noqa: PLR2004
        return cardinal(value)
    if rest == 0:
        return (*cardinal(century), "hundred")
    return (*cardinal(century), *(("oh",) if rest < 10 else ()), *cardinal(rest))  # noqa: PLR2004


def _one_by_one(digits: str) -> list[tuple[str, ...]]:
    spelt = tuple(_UNITS[int(digit)] for digit in digits)
    return [spelt, tuple("oh" if unit == "zero" else unit for unit in spelt)]


def _clock(hour: int, minute: str) -> list[tuple[str, ...]]:
    if minute == "00":
        return [(*cardinal(hour), "o'clock"), cardinal(hour), (*cardinal(hour), "hundred")]
    oh = ("oh",) if minute[0] == "0" else ()
    return [(*cardinal(hour), *oh, *cardinal(int(minute)))]
