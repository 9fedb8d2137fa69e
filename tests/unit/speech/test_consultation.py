"""What a consultation's transcript shows, on dialogues written for it."""

import pytest

from shared.domain.consultation import Turn
from shared.domain.transcription import HeardWord
from shared.speech.consultation import observe

WORD_S = 0.3


def turn(speaker, text, start_s):
    words = tuple(
        HeardWord(word, start_s + number * WORD_S, start_s + (number + 1) * WORD_S)
        for number, word in enumerate(text.split())
    )
    return Turn(speaker, words)


def dialogue(*lines):
    """Lines one after the other, a second apart."""
    turns, now = [], 0.0
    for speaker, text in lines:
        turns.append(turn(speaker, text, now))
        now = turns[-1].end_s + 1.0
    return turns


def said(*sentences):
    """The moves of one turn of the clinician."""
    turns = dialogue(("nurse", " ".join(sentences)), ("patient", "Thank you."))
    return [(i.move, words_of(turns, i)) for i in observe(turns, "nurse").indicators]


def words_of(turns, indicator):
    words = turns[indicator.turn].words[indicator.first : indicator.last + 1]
    return " ".join(word.text for word in words)


def moves(*sentences):
    return [move for move, _ in said(*sentences)]


@pytest.mark.parametrize(
    "question",
    [
        "What brings you here today?",
        "How has the pain changed since then?",
        "Why did you stop taking it?",
        "Can you tell me more about the pain?",
        "Okay, so how did that make you feel?",
        "Tell me about your work.",
        "Could you describe the pain?",
    ],
)
def test_open_questions(question):
    assert moves(question) == ["open_question"]


@pytest.mark.parametrize(
    "question",
    [
        "Do you smoke?",
        "Are you taking any tablets at the moment?",
        "How many tablets do you take?",
        "How long have you had it?",
        "And when did it begin?",
        "What time do you go to bed?",
        "Is there any pain when you walk?",
        "Have you been abroad?",
    ],
)
def test_closed_questions(question):
    assert moves(question) == ["closed_question"]


@pytest.mark.parametrize(
    "statement",
    [
        "You can do what you like.",
        "I will tell you what I think.",
        "What a pity.",
        "I know how you feel.",
        "You have a small fracture.",
        "Your doctor can tell you more.",
        "Take two tablets every day.",
        "First I thought so too.",
        "You need to go over to the clinic.",
        "It is clear that you understand.",
        "He will now see the next patient.",
        "You said that it hurts.",
        "Right?",
    ],
)
def test_statements_are_no_moves(statement):
    assert moves(statement) == []


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("First, I'd like to ask you about your diet.", "First, I'd"),
        ("Now I am going to explain the procedure.", "Now I am going to"),
        ("Before we start, here is a form.", "Before we start,"),
        ("Moving on to your medicine, it is safe.", "Moving on to your"),
        ("There are three things that matter.", "There are three things"),
    ],
)
def test_signposts_point_to_their_words(sentence, words):
    assert said(sentence) == [("signpost", words)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Does that make sense?",
        "Do you have any questions?",
        "Is there anything else you would like to ask?",
        "Can you tell me back how you will take it?",
        "Could you explain what we agreed?",
        "Are you happy with that?",
    ],
)
def test_checks_of_understanding_are_not_counted_as_questions_too(sentence):
    assert moves(sentence) == ["understanding_check"]


@pytest.mark.parametrize(
    "sentence",
    [
        "So, to summarise, you rest for two weeks.",
        "Let me recap what we have so far.",
        "If I have understood you correctly, it began on Monday.",
        "So what you are saying is that it hurts at night.",
    ],
)
def test_summaries(sentence):
    assert moves(sentence) == ["summary"]


def test_each_sentence_is_told_by_itself_with_its_place():
    found = said("I see. Do you smoke? Tell me about your work. Fine.")
    assert found == [
        ("closed_question", "Do you smoke?"),
        ("open_question", "Tell me about your work."),
    ]


def test_the_other_party_asks_for_themselves():
    turns = dialogue(("nurse", "It will heal."), ("patient", "How long will it take?"))
    assert observe(turns, "nurse").indicators == ()
    assert observe(turns, "patient").count("closed_question") == 1


def test_talk_share_turns_and_the_longest_turn():
    turns = dialogue(("nurse", "one two three four"), ("patient", "five six"), ("nurse", "seven"))
    seen = observe(turns, "nurse")
    assert seen.talk_share == pytest.approx(5 / 7, abs=0.001)
    assert seen.turns == 2
    assert seen.longest_turn_s == pytest.approx(4 * WORD_S)
    assert seen.overlap_s == 0
    assert observe(turns, "patient").talk_share == pytest.approx(2 / 7, abs=0.001)


def test_taking_the_floor_in_the_others_sentence_is_an_interruption():
    patient = turn("patient", "The pain began when I was lifting a very heavy box", 0.0)
    nurse = turn("nurse", "Yes but did you take the tablets?", patient.end_s - 3 * WORD_S)
    seen = observe([patient, nurse], "nurse")
    assert seen.count("interruption") == 1
    assert seen.overlap_s == pytest.approx(3 * WORD_S)
    assert observe([patient, nurse], "patient").count("interruption") == 0


@pytest.mark.parametrize(
    ("text", "begins_before_end_s"),
    [
        ("Mm-hm.", 1.5),
        ("I see.", 1.5),
        ("And what did you do then?", 0.2),
        ("That is right, yes", 2.4),
    ],
)
def test_listening_aloud_and_an_early_start_are_no_interruptions(text, begins_before_end_s):
    patient = turn("patient", "The pain began when I was lifting a very heavy box", 0.0)
    nurse = turn("nurse", text, patient.end_s - begins_before_end_s)
    assert observe([patient, nurse], "nurse").count("interruption") == 0


def test_over_the_last_word_of_a_finished_sentence_is_no_interruption():
    patient = turn("patient", "It hurts at night.", 0.0)
    nurse = turn("nurse", "What does it feel like?", patient.end_s - 0.3)
    assert observe([patient, nurse], "nurse").count("interruption") == 0


@pytest.mark.parametrize("turns", [[], [("patient", "Hello.")]])
def test_whoever_is_observed_must_speak(turns):
    with pytest.raises(ValueError, match="two parties"):
        observe(dialogue(*turns), "nurse")


def test_a_third_voice_is_refused():
    lines = [("nurse", "Hello."), ("patient", "Hello."), ("visitor", "Hello.")]
    with pytest.raises(ValueError, match="two parties"):
        observe(dialogue(*lines), "nurse")
