"""What a model paid by the token is told of an analysis."""

import json
from dataclasses import replace

from run_services.ai_gateway.brief import brief_of
from shared.domain.analysis import LanguageFinding, VocabularyProfile
from shared.domain.documents import to_document
from tests.fakes import analyses
from tests.fakes.analyses import FLUENT, speech


def test_words_are_numbered_and_only_poor_phones_sent() -> None:
    words = brief_of(analyses.with_poor_phone(analyses.reading(), 3))["words"]
    assert [word["index"] for word in words] == list(range(24))
    assert [phone["phone"] for phone in words[3]["phones"]] == ["TH"]
    assert all("phones" not in word for word in words if word["index"] != 3)
    unsure = analyses.with_poor_phone(analyses.reading(), 3, not_sure=True)
    assert all("phones" not in word for word in brief_of(unsure)["words"])


def test_a_word_as_expected_is_its_index_and_text() -> None:
    analysis = analyses.reading()
    sure = replace(analysis, words=tuple(replace(word, confidence=0.9) for word in analysis.words))
    as_expected = [word for word in brief_of(sure)["words"] if "result" not in word]
    assert as_expected
    assert all(set(word) == {"index", "text"} for word in as_expected)


def test_what_stands_out_of_a_word_is_told() -> None:
    analysis = analyses.reading()
    odd = replace(
        analysis.words[2],
        result="substituted",
        heard="taught",
        confidence=0.4,
        level="not_sure",
        score=48,
    )
    words = (*analysis.words[:2], odd, *analysis.words[3:])
    assert brief_of(replace(analysis, words=words))["words"][2] == {
        "index": 2,
        "text": odd.text,
        "result": "substituted",
        "heard": "taught",
        "confidence": 0.4,
        "level": "not_sure",
        "score": 48,
    }


def test_pauses_are_placed_by_words_and_short_ones_between_clauses_left_out() -> None:
    analysis = analyses.speech(
        "I went home and then I slept", pauses={1: (0.6, True), 2: (0.6, False), 4: (1.4, False)}
    )
    assert [(pause["before"], pause["duration_s"]) for pause in brief_of(analysis)["pauses"]] == [
        (2, 0.6),
        (5, 1.4),
    ]


def test_measures_scores_and_warnings_are_whole_and_most_of_the_rest_is_saved() -> None:
    analysis = analyses.reading()
    whole, brief = to_document(analysis), brief_of(analysis)
    for name in ("measures", "warnings", "not_scorable_reason"):
        assert brief[name] == whole[name]
    assert {name: score["value"] for name, score in brief["scores"].items()} == {
        name: score["value"] for name, score in whole["scores"].items()
    }
    assert len(json.dumps(brief["words"])) < len(json.dumps(whole["words"])) / 3


def test_of_levels_versions_and_strictness_nothing_is_told() -> None:
    analysis = replace(
        analyses.reading(),
        no_estimates_reason="not_spontaneous",
        strictness="strict",
        rescored_from="1+test",
    )
    names = set(to_document(analysis)) - set(brief_of(analysis))
    assert names >= {"no_estimates_reason", "strictness", "rescored_from", "scorer_version"}


def test_findings_of_language_are_told_and_levels_of_words_are_not() -> None:
    finding = LanguageFinding((2, 3), "third_person", "The verb takes -s.", "she likes")
    profile = VocabularyProfile(a1=4, a2=1, b1=0, b2_plus=1, b2_plus_words=(2,))
    measures = replace(FLUENT, b2_plus_word_share=0.167)
    analysis = replace(speech(measures=measures), vocabulary=profile, language_findings=(finding,))
    brief = brief_of(analysis)
    assert brief["language_findings"] == to_document((finding,))
    assert brief["less_common_words"] == [2]
    assert "vocabulary" not in brief
    assert brief["measures"] == to_document(FLUENT)


def test_a_reading_has_nothing_of_language() -> None:
    assert not {"language_findings", "less_common_words"} & set(brief_of(analyses.reading()))
