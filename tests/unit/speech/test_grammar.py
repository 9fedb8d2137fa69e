import re
from dataclasses import replace

import pytest

from shared.domain.analysis import Word
from shared.speech.grammar import MAX_FINDINGS, form_of, language_findings, rules
from shared.speech.text import words_of

# What is wrong stands in brackets, what would be right after the arrow ("-" for nothing told).
WRONG = [
    ("did_with_past", "We [didn't bought] any bread. → didn't buy"),
    ("did_with_past", "Where [did you went] last Sunday? → did you go"),
    ("does_with_third_person", "My aunt [doesn't has] a garden. → doesn't have"),
    ("third_person", "It is late because [she work] at night. → she works"),
    ("third_person", "[He often go] there. → he often goes"),
    ("third_person", "[It depend] on my boss. → it depends"),
    ("third_person", "My older [brother have] a shop. → brother has"),
    ("third_person", "[Everybody want] a better life. → everybody wants"),
    ("plural_verb", "I think [they was] right. → they were"),
    ("plural_verb", "[I has] a question. → I have"),
    ("plural_verb", "Many young [people is] bored. → people are"),
    ("there_is_plural", "[There was many] cars. → there were many"),
    ("modal_with_to", "[You can to take] the metro. → you can take"),
    ("modal_with_to", "Patients [must to drink] water. → must drink"),
    ("modal_with_form", "[He can plays] chess. → he can play"),
    ("modal_able", "They [will able to] help. → will be able to"),
    ("modal_able", "She [can able to] swim. → can"),
    ("be_agree", "[I'm totally agree] with you. → I totally agree"),
    ("be_with_base", "[I am want] to travel. → I want"),
    ("to_with_past", "We [decided to bought] it. → decided to buy"),
    ("used_to_ing", "[I used to playing] tennis. → I used to play"),
    ("participle", "[I have never went] there. → I have never gone"),
    ("overregular", "The teacher [teached] us a song. → taught"),
    ("present_perfect_with_past_time", "[I have met her yesterday]. → -"),
    ("double_comparative", "It is much [more easier] now. → easier"),
    ("double_comparative", "A bus is [more slower] than a train. → slower"),
    ("double_superlative", "That was the [most happiest] day. → happiest"),
    ("same_than", "My phone is the [same than] yours. → same as"),
    ("mass_noun", "They sell [furnitures] here. → furniture"),
    ("mass_noun", "Let me give you [an advice]. → some advice"),
    ("mass_noun", "We have [so many homework] and no time. → a lot of homework"),
    ("much_with_plural", "I know [so much people] there. → so many people"),
    ("much_with_plural", "There are [much hospitals] near me. → many hospitals"),
    ("one_of_singular", "[One of my teacher] was kind. → one of my teachers"),
    ("each_plural", "We visit [another cities] too. → another city"),
    ("most_of_people", "[Most of people] drive. → most people"),
    ("article_before_vowel", "She has [a important] meeting. → an important"),
    ("preposition", "We [discussed about] money. → discussed"),
    ("preposition", "That [depends of] you. → depends on"),
    ("preposition", "She is [married with] a doctor. → married to"),
    ("preposition", "I am very [interested on] history. → interested in"),
    ("preposition", "He is [interested to] learning Spanish. → interested in"),
    ("preposition", "We went [despite of] the rain. → despite"),
    ("preposition", "I [listen music] on the bus. → listen to music"),
    ("preposition", "We [go beach] every summer. → go to the beach"),
    ("preposition", "[In the other hand] it is cheap. → on the other hand"),
    ("preposition", "[In nowadays] we all have phones. → nowadays"),
    ("preposition", "[In last week] I saw her. → last week"),
    ("preposition", "I will see her [on next Monday]. → next Monday"),
    ("since_duration", "I work here [since two years]. → for two years"),
    ("tell_to", "My boss [told to me] a story. → told me"),
    ("say_me", "He [explained me how] it works. → explained to me how"),
    ("suggest_to", "They [suggested us to] wait. → -"),
    ("let_make_to", "She [made me to wait] outside. → made me wait"),
    ("gerund", "I [enjoy to swim] in the sea. → enjoy swimming"),
    ("gerund", "We [look forward to meet] you. → look forward to meeting"),
    ("gerund", "He left [without to say] goodbye. → without saying"),
    ("purpose", "I came here [for learn] English. → to learn"),
    ("very_verb", "[I very like] this city. → I really like"),
    ("double_negative", "We [don't have no] time. → don't have any"),
    ("double_negative", "I [can't see nothing] here. → can't see anything"),
    ("how_like", "Tell me [how it looks like]. → what it looks like"),
    ("how_like", "[How does she look like]? → what does she look like"),
    ("age", "[I have twenty years old]. → -"),
    ("interesting_in", "I am very [interesting in] art. → interested in"),
    ("indirect_question", "I don't know [where is the station]. → where the station is"),
    ("if_will", "[If she will pass] the exam we will celebrate. → -"),
    ("prefer_than", "I [prefer tea than] coffee. → prefer tea to"),
    ("make_or_do", "I always [do many mistakes]. → make many mistakes"),
    ("make_or_do", "He [makes sport] every day. → does sport"),
]
RIGHT = """
What he did made me happy. Those who did nothing left early. Did he have time, and does she like it?
He made her go home and let it go. It might depend on her. All we could do was wait.
The number of people is growing. The problem with old people is that they forget.
I did all I could to help. He tried as hard as he could to win. There is many a reason.
There are more older people than before. They need more better-paid jobs.
I agree, and I am all for it. I am used to living alone. It is used to make bread.
I have known him since last year. I have seen the film that came out yesterday.
An information desk, an hour later, a European union, a university, a one-way street.
How much things cost matters. One of my family members is here. One of the team leaders came.
She suggests that he go. It is important that she have a break. I demand he do it.
Tell me: where is the station? I know what is wrong. I wonder if I will go. If you will, please.
We discussed it and talked about it. I was told to wait. It was told to me by a friend.
I enjoy it to the full. I make them to sell. He was made to wait. Instead of work I have school.
I prefer something bigger than this. I would rather have more than less. I don't know. No, I do.
It does look like rain. How it looks matters. The question is how they look, like it or not.
Every two years we go. Another two weeks passed. Each has its own. This works. That makes sense.
The patient came in last week. He moved in last year. The house we stayed at last summer was old.
She is married with a daughter. I am not interested for now. I was interested about a year ago.
They discussed about twenty cases. It is a university's duty. I look forward to live music.
He is boring in meetings. Doing what we can helps. I'm live now. I don't eat nothing but bread.
I have taken the pills prescribed last week. Since two weeks is too long, call me earlier.
He must have gone. We could have been told. She will have to go. What I want to have is time.
"""


def spoken(sentence):
    """The words of a text and the same as an analysis has them."""
    texts = words_of(sentence, "en")
    return texts, [Word(text.text, result="filler" if text.is_filler else None) for text in texts]


@pytest.mark.parametrize(("rule", "example"), WRONG)
def test_a_typical_error_is_found_and_put_right(rule, example):
    marked, better = example.split(" → ")
    texts, words = spoken(marked)
    before = len(words_of(marked.partition("[")[0], "en"))
    inside = len(words_of(re.findall(r"\[(.*)\]", marked)[0], "en"))
    found = language_findings(texts, words)
    assert [item.rule for item in found] == [rule]
    first, *_, last = [*found[0].words, found[0].words[-1]]
    assert before <= first <= last < before + inside
    assert found[0].suggestion == (None if better == "-" else better)
    assert found[0].message.endswith(".")


def alternatives(pattern, group):
    """The words a group of a pattern may match."""
    inside = re.findall(rf"\(\?P<{group}>((?:\(\?[!:][^()]*\)|[^()])*)\)", pattern)[0]
    words = re.sub(r"\(\?![^()]*\)|\(\?:|\)", "", inside)
    return words.split("|")


@pytest.mark.parametrize("rule", [rule for rule in rules() if ":" in (rule.suggestion or "")])
def test_whatever_a_pattern_matches_can_be_put_right(rule):
    for group, form in re.findall(r"\{(\w+):(\w+)\}", rule.suggestion):
        words = alternatives(rule.pattern.pattern, group)
        assert all(form_of(form, word) for word in words)
        assert len(words) > 1


def test_every_rule_has_an_example():
    assert {rule.name for rule in rules()} == {rule for rule, _ in WRONG}


@pytest.mark.parametrize("sentence", RIGHT.strip().splitlines())
def test_right_english_is_left_alone(sentence):
    assert language_findings(*spoken(sentence)) == ()


def test_no_finding_spans_a_filler_a_restart_a_pause_or_a_clause():
    texts, words = spoken("She don't know.")
    assert language_findings(texts, words)
    assert not language_findings(*spoken("She um don't know."))
    assert not language_findings(*spoken("It was she. Don't know why."))
    repeated = [words[0], replace(words[1], result="repeated"), words[2]]
    assert not language_findings(texts, repeated)
    timed = [replace(words[0], start_s=0.0, end_s=0.3), replace(words[1], start_s=0.8), words[2]]
    assert not language_findings(texts, timed)
    close = [timed[0], replace(words[1], start_s=0.7), words[2]]
    assert language_findings(texts, close)


@pytest.mark.parametrize(
    "sentence",
    [
        "Did um he have a fever?",
        "Does, um, she take tablets?",
        "Can um um he go home?",
        "I want to let um everyone know.",
        "I saw um my brother go home.",
        "We met um people is what I wanted to say.",
    ],
)
def test_what_comes_after_a_hesitation_may_belong_to_what_is_before_it(sentence):
    assert language_findings(*spoken(sentence)) == ()
    assert language_findings(*spoken("I know um he have a fever."))


def test_words_the_recogniser_was_unsure_of_accuse_nobody():
    texts, words = spoken("She don't know.")
    assert not language_findings(texts, [words[0], replace(words[1], confidence=0.49), words[2]])
    assert language_findings(texts, [words[0], replace(words[1], confidence=0.5), words[2]])


def test_only_the_first_few_are_told_in_the_order_said():
    found = language_findings(*spoken("He don't know. I buyed it. " * 10))
    assert len(found) == MAX_FINDINGS
    assert [item.words[0] for item in found] == [0, 4, 6, 10, 12, 16, 18, 22]


def test_a_word_belongs_to_one_finding():
    found = language_findings(*spoken("He didn't went home."))
    assert [item.words for item in found] == [(1, 2)]
