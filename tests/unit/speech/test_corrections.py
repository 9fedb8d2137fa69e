import pytest

from shared.speech.corrections import count_self_corrections
from shared.speech.text import words_of


def count(text):
    return count_self_corrections(words_of(text, "en"))


@pytest.mark.parametrize(
    "text",
    [
        "Put it in the, no, on the table.",
        "He go, I mean, he goes there every day.",
        "We met on Monday, no, sorry, Tuesday at noon.",
        "She is a doctor, or rather a surgeon.",
        "I was there, um, I mean, I had been there before.",
        "It costs ten, sorry, it costs twelve pounds.",
        "They went to the, wait, to the other house.",
        "We left at four, I meant five.",
        "We met on Monday. No, sorry, on Tuesday.",
        "We met on Monday, no, sorry. On Tuesday.",
    ],
)
def test_a_correction_is_found(text):
    assert count(text) == 1


@pytest.mark.parametrize(
    "text",
    [
        "No, I did not see it.",
        "I did not see it. No, I did not.",
        "I am sorry, I am late.",
        "I'm so sorry, so very sorry.",
        "There is no time, and no money.",
        "It was good. I mean, it was very good.",
        "Was it on Monday? No, sorry, I do not know.",
        "What I mean is what I say.",
        "Please wait, the doctor will see you.",
        "Would you like tea, or rather",
        "He said no, and left.",
    ],
)
def test_what_is_no_correction(text):
    assert count(text) == 0


def test_each_is_counted_once():
    text = "Put it in the, no, on the table, and take the red, no, sorry, the green one."
    assert count(text) == 2
