"""The whole engine on real recordings, with the embedded recogniser."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from shared.domain.documents import to_document
from shared.domain.errors import AttemptFailed
from shared.speech.assess import assess
from shared.speech.decode import decode
from tests.fakes.sounds import RATE, encode, wav

AUDIO = Path(__file__).parents[1] / "fixtures" / "audio"
TWO_CITIES = (
    "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age "
    "of foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the "
    "season of light, it was the season of darkness, it was the spring of hope, it was the winter "
    "of despair."
)
KENNEDY = (
    "And so my fellow Americans, ask not what your country can do for you, ask what you can do "
    "for your country."
)


@pytest.fixture(scope="module")
def read(whisper):
    """Assesses a reading; `data` is a fixture's name or the bytes themselves."""

    def run(data, reference, kind="read_aloud"):
        content = (AUDIO / data).read_bytes() if isinstance(data, str) else data
        return assess(
            content, kind=kind, language="en-GB", reference=reference, transcriber=whisper
        )

    return run


def results(analysis):
    return [(word.text, word.result) for word in analysis.words if word.result != "correct"]


def codes(analysis):
    return [warning.code for warning in analysis.warnings]


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("two-cities.webm", "opus"),
        ("two-cities.m4a", "aac"),
        ("two-cities.mp3", "mp3"),
        ("two-cities.ogg", "opus"),
    ],
)
def test_a_faultless_reading_in_each_format(read, name, codec):
    found = read(name, TWO_CITIES)
    assert found.codec == codec
    assert found.duration_s == pytest.approx(20.85, abs=0.05)
    analysis = found.analysis
    assert results(analysis) == []
    assert [word.reference_index for word in analysis.words] == list(range(60))
    assert analysis.scores.accuracy.value == analysis.scores.completeness.value == 100
    assert analysis.scores.overall.value > 80
    assert not any(pause.within_clause for pause in analysis.pauses)
    assert analysis.measures.filled_pauses_per_min is None
    assert analysis.warnings == ()
    assert analysis.not_scorable_reason is None
    assert analysis.language == "en"


def test_what_was_left_out_and_added_is_told_at_its_place(read):
    changed = KENNEDY.replace("fellow ", "").replace("your country can", "your own country can")
    analysis = read("kennedy.flac", changed).analysis
    assert results(analysis) == [("fellow", "inserted"), ("own", "omitted")]
    fellow = next(word for word in analysis.words if word.result == "inserted")
    before = analysis.words[analysis.words.index(fellow) - 1]
    assert before.text == "my"
    assert before.end_s <= fellow.start_s
    scores = analysis.scores
    assert scores.accuracy.value == round(100 * 21 / 23)
    faulty = [evidence.word for evidence in scores.accuracy.evidence if evidence.word is not None]
    assert [analysis.words[index].text for index in faulty] == ["fellow", "own"]
    assert scores.completeness.value == round(100 * 21 / 22)


def test_a_misread_word_is_told_with_what_was_heard(read):
    analysis = read("kennedy.flac", KENNEDY.replace("Americans", "Canadians")).analysis
    (word,) = [word for word in analysis.words if word.result != "correct"]
    assert (word.text, word.result) == ("Canadians", "substituted")
    assert "Americans" in word.heard


def test_a_different_text_is_not_scored_but_measured(read):
    analysis = read("kennedy.flac", TWO_CITIES).analysis
    assert analysis.not_scorable_reason == "different_text"
    assert "different_text" in codes(analysis)
    assert to_document(analysis.scores) == {}
    assert analysis.measures.speech_rate_wpm > 100
    assert {word.result for word in analysis.words} == {None}


def test_the_first_half_of_a_text_is_incomplete_not_different(read):
    second = TWO_CITIES.split()[:26]
    analysis = read("kennedy.flac", " ".join([KENNEDY, *second])).analysis
    assert analysis.not_scorable_reason is None
    assert analysis.scores.completeness.value == round(100 * 22 / (22 + 26))
    assert analysis.words[-1].result == "omitted"
    assert analysis.words[-1].start_s is None


def test_free_speech_with_known_pauses_a_filler_and_a_restart(read):
    analysis = read("hobby.flac", None, "free_speech").analysis
    known = [(1.786, 2.386, "um"), (2.628, 3.028, "i"), (5.009, 6.209, "because")]
    known.append((7.119, 7.469, "it"))
    assert len(analysis.pauses) == len(known)
    for pause, (start, end, before) in zip(analysis.pauses, known, strict=True):
        assert pause.start_s == pytest.approx(start, abs=0.05)
        assert pause.end_s == pytest.approx(end, abs=0.05)
        assert pause.before.lower() == before
    assert [text.lower() for text, result in results(analysis) if result == "filler"] == ["um"]
    assert [text for text, result in results(analysis) if result == "repeated"] == ["it", "is"]
    measures = analysis.measures
    total = 8.985 - 0.3
    assert measures.speech_rate_wpm == pytest.approx(60 * 20 / total, rel=0.03)
    assert measures.filled_pauses_per_min == pytest.approx(60 / total, rel=0.03)
    assert measures.repetitions_per_100_words == 5.0
    assert measures.phonation_time_ratio == pytest.approx(1 - 2.55 / total, abs=0.02)
    assert (analysis.scores.accuracy, analysis.scores.completeness) == (None, None)
    assert analysis.scores.overall is not None


def test_a_short_reading_has_the_flow_and_melody_of_its_sounds_alone(read):
    analysis = read("austen.wav", "He was not an ill-disposed young man.").analysis
    assert results(analysis) == []
    assert analysis.scores.accuracy.value == 100
    for name in ("fluency", "prosody"):
        score = getattr(analysis.scores, name)
        assert [item.measure for item in score.evidence] == [f"{name}_heard"]
        assert score.confidence == "medium"
        assert score.value >= 80
    assert codes(analysis) == ["short"]
    free = read("austen.wav", None, "interview").analysis
    assert free.not_scorable_reason == "short"
    assert free.scores.overall is None


def test_a_truncated_file_is_assessed_as_far_as_it_goes(read):
    found = read("truncated.webm", TWO_CITIES)
    assert found.duration_s == pytest.approx(10.3, abs=0.1)
    assert "damaged" in codes(found.analysis)
    assert 40 < found.analysis.scores.completeness.value < 60
    assert found.analysis.scores.completeness.confidence == "medium"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("empty.webm", "audio_unreadable"),
        ("text.wav", "audio_unreadable"),
        ("silence.webm", "no_speech"),
    ],
)
def test_what_cannot_be_assessed_fails_with_its_code(read, name, code):
    with pytest.raises(AttemptFailed) as failure:
        read(name, TWO_CITIES)
    assert failure.value.code == code


@pytest.mark.parametrize("kind", ["read_aloud", "free_speech"])
def test_another_language_fails(read, kind):
    with pytest.raises(AttemptFailed) as failure:
        read("german.ogg", TWO_CITIES, kind)
    assert failure.value.code == "wrong_language"


@pytest.mark.parametrize(("rate", "layout"), [(8_000, "mono"), (48_000, "stereo")])
def test_telephone_and_studio_formats(read, rate, layout):
    samples = decode((AUDIO / "kennedy.flac").read_bytes()).samples
    times = np.arange(round(samples.size * rate / RATE)) / rate
    resampled = np.interp(times, np.arange(samples.size) / RATE, samples)
    found = read(wav(resampled, rate=rate, layout=layout), KENNEDY)
    assert found.duration_s == pytest.approx(11, abs=0.01)
    assert found.analysis.scores.accuracy.value >= 95


def test_a_long_recording_is_cut_into_chunks_without_losing_words(read):
    reading = decode((AUDIO / "two-cities.webm").read_bytes()).samples
    data = encode(np.concatenate([reading, reading]), container="flac", codec="flac")
    analysis = read(data, f"{TWO_CITIES} {TWO_CITIES}").analysis
    assert results(analysis) == []
    times = [time for word in analysis.words for time in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert times[-1] == pytest.approx(20.85 + 20.2, abs=0.3)


_ASSESS = """
import json, sys
from pathlib import Path
from shared.adapters.embedded.transcriber import WhisperTranscriber
from shared.domain.documents import to_document
from shared.speech.assess import assess
transcriber = WhisperTranscriber(lambda: Path(sys.argv[1]))
found = assess(Path(sys.argv[2]).read_bytes(), kind="free_speech", language="en",
               reference=None, transcriber=transcriber)
print(json.dumps(to_document(found)))
"""


def test_the_same_bytes_give_the_same_analysis_in_every_process(weights, whisper):
    path = AUDIO / "hobby.flac"
    here = [
        json.dumps(
            to_document(
                assess(
                    path.read_bytes(),
                    kind="free_speech",
                    language="en",
                    reference=None,
                    transcriber=whisper,
                )
            )
        )
        for _ in range(2)
    ]
    command = [sys.executable, "-c", _ASSESS, str(weights), str(path)]
    there = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    assert here == [there, there]
