import pytest

from shared.speech import inflection


@pytest.mark.parametrize(
    ("base", "third", "ing", "past"),
    [
        ("study", "studies", "studying", "studied"),
        ("play", "plays", "playing", "played"),
        ("stop", "stops", "stopping", "stopped"),
        ("arrive", "arrives", "arriving", "arrived"),
        ("agree", "agrees", "agreeing", "agreed"),
        ("watch", "watches", "watching", "watched"),
        ("have", "has", "having", "haved"),
        ("go", "goes", "going", "goed"),
    ],
)
def test_forms_by_rule(base, third, ing, past):
    assert inflection.third_person(base) == third
    assert inflection.gerund(base) == ing
    assert inflection.regular_past(base) == past


@pytest.mark.parametrize("form", ["go", "be"])
def test_short_verbs_keep_their_letters(form):
    assert inflection.gerund(form) == form + "ing"


@pytest.mark.parametrize(("one", "many"), [("city", "cities"), ("day", "days"), ("boss", "bosses")])
def test_nouns(one, many):
    assert inflection.many(one) == many


def test_people_are_many_persons():
    assert inflection.many("person") == "people"
    assert inflection.one("countries") == "country"
    assert inflection.one("problems") == "problem"


def test_a_past_that_is_another_verbs_base_form_is_not_told_by_itself():
    verbs = inflection.common_verbs()
    assert "found" not in verbs.pasts
    assert verbs.base_of["found"] == "find"
    assert verbs.base_of["went"] == "go"
    assert verbs.participle_of["went"] == "gone"
    assert verbs.irregular_of["buyed"] == "bought"
    assert "gone" in verbs.participles
