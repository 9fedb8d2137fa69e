import pytest

from bench.accuracy.recognised_words import edits
from shared.domain.errors import Unavailable
from shared.speech import grapheme_to_phoneme, networks
from shared.speech.grapheme_to_phoneme import BEST, GRAPHONES, LONGEST_WORD, model, spelt
from shared.speech.phones import PHONES
from shared.speech.pronunciations import known_pronunciations, word_pronunciations
from shared.speech.text import word_of
from shared.speech.unlisted import derived, is_unlisted


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("adalimumab", "AE D AH L IH M Y UW M AE B"),
        ("brexit", "B R EH K S IH T"),
        ("brillig", "B R IH L IH G"),
        ("emoji", "IH M OW JH IY"),
        ("fentanyl", "F EH N T AH N IH L"),
        ("jabberwock", "JH AE B ER W AA K"),
        ("omeprazole", "OW M EH P R AH Z OW L"),
        ("ozempic", "OW Z EH M P IH K"),
        ("sauron", "S AO R AA N"),
        ("sertraline", "S ER T R AH L IY N"),
        ("slithy", "S L AY DH IY"),
        ("tiktok", "T IH K T AA K"),
        ("vorpal", "V AO R P AH L"),
        ("wozniacki", "W AA Z N IY AE K IY"),
        ("zelensky", "Z AH L EH N S K IY"),
    ],
)
def test_names_and_rare_words_are_at_most_a_phone_off(word, said):
    assert is_unlisted(word)
    assert not derived(word)
    assert min(edits(way, said.split()) for way in spelt(word)) <= 1


def test_the_likeliest_way_comes_first_and_there_are_few():
    assert " ".join(spelt("wozniacki")[0]) == "W AA Z N IY AE K IY"
    assert len(set(spelt("wozniacki"))) == BEST


@pytest.mark.parametrize("word", ["", "zoë", "жук", "x1", "o'brian", "x" * (LONGEST_WORD + 1)])
def test_other_letters_and_endless_words_are_not_spelt(word):
    assert spelt(word) == ()


@pytest.mark.parametrize("word", ["q", "zzzz", "bcdfghjkl", "aeiou" * 6, "x" * LONGEST_WORD])
def test_what_is_no_word_has_phones_all_the_same(word):
    assert 1 <= len(spelt(word)) <= BEST
    assert all(set(way) <= set(PHONES) and len(way) <= 2 * len(word) for way in spelt(word))


def said(token):
    return [" ".join(phones) for phones in word_pronunciations(word_of(token, "en"))]


def test_parts_that_no_dictionary_has_are_spelt_and_the_word_stays_unknown():
    assert "W AA Z N IY AE K IY S IH S T ER" in said("Wozniacki-sister")
    assert said("Brexit's")[0] == said("Brexit")[0] + " S"
    assert "B R EH K S IH T S" in said("Brexit’s")  # noqa: RUF001
    assert said("O'Zempic") == said("Ozempic")
    assert "V AO P AH L" in said("vorpal")  # non-rhotic
    assert known_pronunciations(word_of("Wozniacki-sister", "en")) == ()
    assert said("Zoë-Ozempic") == []


def test_the_model_is_loaded_for_no_other_word(monkeypatch):
    def fail():
        raise AssertionError

    spelt.cache_clear()
    monkeypatch.setattr(grapheme_to_phoneme, "model", fail)
    assert said("woodcutters")[0] == "W UH D K AH T ER Z"
    assert said("1984")
    assert known_pronunciations(word_of("Ozempic", "en")) == ()
    with pytest.raises(AssertionError):
        said("Ozempic")


def test_another_model_than_the_one_pinned_is_refused(tmp_path, monkeypatch):
    (tmp_path / GRAPHONES).write_bytes(networks.verified(GRAPHONES) + b"\0")
    monkeypatch.setattr(networks, "MODELS", tmp_path)
    with pytest.raises(Unavailable) as changed:
        model.__wrapped__()
    assert changed.value.code == "scorer_unavailable"
