from itertools import pairwise

from shared.domain.transcription import HeardWord
from shared.speech.hearing import Hearing
from shared.speech.placing import Slot, placed
from shared.speech.text import words_of

TEXT = words_of("the cat sat down", "en")


def hearing(*words):
    """Heard words as (text, start, end)."""
    heard = tuple(HeardWord(*word, 0.9) for word in words)
    return Hearing(heard, tuple(words_of(" ".join(word.text for word in heard), "en")))


def read(position, start, end, kind="read"):
    return Slot(kind, range(position, position + 1), start, end)


def shown(heard, aligned):
    """Each item as "positions in the text~words:result"."""
    return [
        f"{','.join(map(str, item.reference))}~"
        f"{' '.join(heard.words[i].text for i in item.heard)}:{item.result}"
        for item in aligned
    ]


def test_each_heard_word_goes_to_the_nearest_place():
    slots = [read(0, 0.0, 0.2), read(1, 0.2, 0.5), read(2, 0.5, 0.9), read(3, 0.9, 1.4)]
    found = placed(
        slots,
        TEXT,
        hearing(("the", 0.0, 0.2), ("hat", 0.2, 0.5), ("sat", 0.5, 0.9), ("town", 0.9, 1.4)),
    )
    assert shown(*found) == ["0~the:correct", "1~hat:correct", "2~sat:correct", "3~town:correct"]


def test_the_same_word_counts_more_than_being_near():
    slots = [read(0, 0.0, 0.2), read(1, 0.2, 0.5), read(2, 0.9, 1.4)]
    heard = hearing(("cat", 0.0, 0.2), ("sat", 0.4, 0.5))
    assert shown(*placed(slots, TEXT, heard)) == ["0~the:correct", "1~cat:correct", "2~sat:correct"]


def test_several_words_heard_for_one_stay_together():
    slots = [read(0, 0.0, 0.2), read(1, 0.2, 1.0), read(2, 1.0, 1.4)]
    heard = hearing(("the", 0.0, 0.2), ("can", 0.3, 0.5), ("at", 0.5, 0.7), ("sat", 1.0, 1.4))
    assert shown(*placed(slots, TEXT, heard))[1] == "1~can at:correct"


def test_what_was_said_and_not_heard_is_added_with_its_times():
    slots = [read(0, 0.0, 0.2, "again"), read(0, 0.4, 0.6), read(1, 0.6, 0.9)]
    heard, aligned = placed(slots, TEXT, hearing(("the", 0.1, 0.6), ("cat", 0.6, 0.9)))
    assert shown(heard, aligned) == ["~the:repeated", "0~the:correct", "1~cat:correct"]
    assert [word.confidence for word in heard.words].count(None) == 1
    assert all(a.end_s <= b.start_s for a, b in pairwise(heard.words))
    assert all(word.start_s <= word.end_s for word in heard.words)


def test_words_heard_too_early_stay_in_time_order_after_a_word_added():
    slots = [read(0, 1.0, 1.2), read(1, 3.0, 3.3), read(2, 3.3, 3.6), read(3, 3.6, 4.0)]
    early = hearing(("the", 1.0, 1.2), ("sat", 2.4, 2.6), ("down", 2.6, 2.9))
    words = placed(slots, TEXT, early)[0].words
    assert [word.text for word in words] == ["the", "cat", "sat", "down"]
    assert all(a.start_s <= b.start_s for a, b in pairwise(words))
    assert all(word.start_s <= word.end_s for word in words)


def test_what_nobody_said_goes_with_the_word_beside_it():
    slots = [read(0, 0.0, 0.2), read(1, 0.2, 0.9)]
    heard = hearing(("the", 0.0, 0.2), ("and", 0.4, 0.5), ("cat", 0.5, 0.9))
    assert shown(*placed(slots, TEXT, heard)) == ["0~the:correct", "1~and cat:correct"]


def test_words_beside_the_text_and_in_its_place():
    slots = [
        read(0, 0.0, 0.2),
        Slot("added", range(1, 1), 0.2, 0.4, heard=1),
        Slot("broken_off", range(1, 1), 0.4, 0.5, heard=2),
        Slot("instead", range(1, 2), 0.5, 0.8, heard=3),
        Slot("omitted", range(2, 3)),
        read(3, 0.8, 1.2),
    ]
    heard = hearing(
        ("the", 0.0, 0.2),
        ("big", 0.2, 0.4),
        ("ca", 0.4, 0.5),
        ("dog", 0.5, 0.8),
        ("down", 0.8, 1.2),
    )
    assert shown(*placed(slots, TEXT, heard)) == [
        "0~the:correct",
        "~big:inserted",
        "~ca:repeated",
        "1~dog:substituted",
        "2~:omitted",
        "3~down:correct",
    ]


def test_speech_that_nobody_recognised_is_no_word():
    slots = [read(0, 0.0, 0.2), Slot("added", range(1, 1), 0.2, 0.5), read(1, 0.5, 0.9)]
    heard = hearing(("the", 0.0, 0.2), ("cat", 0.5, 0.9))
    assert shown(*placed(slots, TEXT, heard)) == ["0~the:correct", "1~cat:correct"]


def test_nothing_said():
    heard, aligned = placed([Slot("omitted", range(1))], TEXT[:1], hearing())
    assert (heard.words, [item.result for item in aligned]) == ((), ["omitted"])


def test_a_word_recognised_twice_is_repeated_even_if_it_sounds_once():
    slots = [read(0, 0.0, 0.2), read(1, 0.2, 0.9)]
    heard = hearing(("the", 0.0, 0.2), ("cat", 0.2, 0.5), ("cat", 0.5, 0.9))
    assert shown(*placed(slots, TEXT, heard, {1})) == [
        "0~the:correct",
        "~cat:repeated",
        "1~cat:correct",
    ]
