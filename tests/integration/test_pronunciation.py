"""The pronunciation of real readings, from the recording to its words."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from shared.domain.documents import to_document
from shared.domain.errors import Unavailable
from shared.domain.transcription import AcousticFrames
from shared.speech import networks
from shared.speech.assess import assess
from shared.speech.calibration import calibration
from shared.speech.cepstra import at_times, cepstra
from shared.speech.decode import decode
from shared.speech.heard import doubts, log_shares
from shared.speech.marking import FUNCTION_WORDS
from shared.speech.phone_alignment import PRIOR_WEIGHT, ExpectedWord, align_phones
from shared.speech.phone_evidence import measure_phones
from shared.speech.phones import INDEX
from shared.speech.pronunciation import HEAD, judge_text
from shared.speech.pronunciations import word_pronunciations
from shared.speech.sounds import POSTERIORS, listen
from shared.speech.text import words_of
from shared.speech.text_evidence import gather
from shared.speech.voice_activity import cut_chunks, find_speech

AUDIO = Path(__file__).parents[1] / "fixtures" / "audio"
KENNEDY = (
    "And so my fellow Americans, ask not what your country can do for you, ask what you can do "
    "for your country."
)
TEXT = words_of(KENNEDY, "en")


@pytest.fixture(scope="module")
def read(whisper):
    def run(text, name="kennedy.flac"):
        data = (AUDIO / name).read_bytes()
        found = assess(data, kind="read_aloud", language="en", reference=text, transcriber=whisper)
        return found.analysis

    return run


@pytest.fixture(scope="module")
def kennedy(read):
    return read(KENNEDY)


@pytest.fixture(scope="module")
def frames(whisper):
    samples = decode((AUDIO / "kennedy.flac").read_bytes()).samples
    stretches = whisper.encode(samples, cut_chunks(samples, find_speech(samples)))
    return np.concatenate([stretch.values for stretch in stretches])


@pytest.fixture(scope="module")
def details(whisper):
    samples = decode((AUDIO / "kennedy.flac").read_bytes()).samples
    stretches = whisper.encode(samples, cut_chunks(samples, find_speech(samples)))
    return at_times(cepstra(samples), listen(stretches).starts_s)


@pytest.fixture(scope="module")
def posteriors(frames):
    return networks.run(POSTERIORS, {"frames": frames})[0]


@pytest.fixture(scope="module")
def spans(posteriors):
    words = [ExpectedWord(word_pronunciations(word)) for word in TEXT]
    return align_phones(posteriors, calibration().log_priors, words)


def judge(spans, posteriors, frames, details):
    likelihoods = posteriors - PRIOR_WEIGHT * calibration().log_priors
    evidence = measure_phones(spans, posteriors, likelihoods, frames, details)
    doubted = doubts(evidence.phones, log_shares(evidence))
    membership = np.arange(len(TEXT))[:, None] == evidence.words
    return networks.run(
        HEAD,
        {
            "phones": evidence.phones,
            "values": np.concatenate([evidence.values, doubted], axis=1),
            "frames": evidence.frames,
            "group": evidence.group,
            "membership": membership.astype(np.float32),
        },
    )


def test_a_native_reading_is_clear(kennedy):
    assert {word.result for word in kennedy.words} == {"correct"}
    assert all(word.score > 65 for word in kennedy.words)
    assert np.median([word.score for word in kennedy.words]) > 95
    assert all(word.level in ("clear", "not_sure") for word in kennedy.words)
    assert sum(word.level == "clear" for word in kennedy.words) >= 18
    assert kennedy.scores.accuracy.value == 100


def test_phones_follow_each_other_inside_the_speech(kennedy):
    phones = [phone for word in kennedy.words for phone in word.phones]
    assert [p.phone for p in kennedy.words[4].phones][:4] == ["AH", "M", "EH", "R"]
    assert [p.ipa for p in kennedy.words[5].phones] == ["æ", "s", "k"]
    for one, other in pairwise(phones):
        assert one.start_s < one.end_s <= other.start_s + 1e-6
    for word in kennedy.words:
        middle = (word.phones[0].start_s + word.phones[-1].end_s) / 2
        assert word.start_s - 0.3 < middle < word.end_s + 0.3


def test_a_phone_that_was_not_said_is_found_and_named(read):
    """Kennedy says "ask"; whoever reads a text with "axe" says S for K or so."""
    analysis = read(KENNEDY.replace("fellow", "yellow"))
    word = analysis.words[3]
    assert word.text == "yellow"
    first = word.phones[0]
    assert first.score < 60
    assert word.score < min(w.score for w in analysis.words if w is not word)
    assert [other.phone for other in first.heard_as][:1] == ["F"]


def test_less_evidence_lowers_that_phone_and_word_and_hardly_another(
    spans, posteriors, frames, details
):
    row = next(i for i, span in enumerate(spans) if (span.word, span.phone) == (9, "K"))
    span = spans[row]
    lowered = posteriors.copy()
    lowered[span.start : span.end, INDEX["K"]] -= 9
    lowered[span.start : span.end, INDEX["G"]] = -0.1
    vowel = next(each for each in spans if each.phone == "AA")
    muffled = details.copy()
    muffled[2 * span.start : 2 * span.end] = details[vowel.start + vowel.end]
    phones, words, _ = judge(spans, posteriors, frames, details)
    fewer_phones, fewer_words, _ = judge(spans, lowered, frames, muffled)
    assert fewer_phones[row] < phones[row] - 0.3
    assert fewer_words[span.word] < words[span.word] - 0.2
    others = [i for i, each in enumerate(spans) if each.word != span.word]
    changes = np.sort(np.abs(fewer_phones[others] - phones[others]))
    assert changes[-1] < 0.2  # its neighbour in the word before, which is judged with it
    assert changes[-2] < 0.05
    rest = np.delete(fewer_words - words, span.word)
    assert np.abs(rest).max() < 0.1


def judged(frames, details):
    return judge_text(gather(listen([AcousticFrames(0.0, frames)]), details, TEXT, []))


def with_silences(rows):
    silence = np.repeat(rows[:1], 100, axis=0)  # before the first word
    parts = np.array_split(rows, 6)
    return np.concatenate([silence if at % 2 else part for part in parts for at in (0, 1)])


def test_a_native_reading_flows_and_halting_speech_does_not(frames, details):
    whole = judged(frames, details)
    assert min(whole.delivery.fluency, whole.delivery.prosody, whole.delivery.total) > 0.8
    halves = details.reshape(len(frames), -1)
    found = judged(with_silences(frames), with_silences(halves).reshape(-1, details.shape[1]))
    assert found.delivery.fluency < whole.delivery.fluency - 0.05


def test_a_word_left_out_scores_nothing_and_has_no_phones(read):
    analysis = read(KENNEDY.replace("your country can", "your own country can"))
    (own,) = [word for word in analysis.words if word.text == "own"]
    assert (own.result, own.phones) == ("omitted", None)
    assert own.score < 50
    others = [word for word in analysis.words if word is not own]
    assert all(word.score > 65 for word in others)


def test_words_without_a_known_sound_are_told(read):
    analysis = read(KENNEDY.replace("fellow", "Xyzzyk"))
    word = analysis.words[3]
    assert (word.text, word.score, word.phones) == ("Xyzzyk", None, None)
    assert "word_not_in_dictionary" in [warning.code for warning in analysis.warnings]
    assert analysis.words[2].score > 80


def test_function_words_are_never_flagged(read):
    """Every word is wrong, and still no function word is said to be."""
    analysis = read("And to the fellow Americans, asked were his town can do for you, ask when you")
    flagged = {word.text.lower() for word in analysis.words if word.level == "worth_checking"}
    assert flagged.isdisjoint(FUNCTION_WORDS)


_ASSESS = """
import json, sys
from itertools import pairwise
from pathlib import Path
from shared.adapters.embedded.transcriber import WhisperTranscriber
from shared.domain.documents import to_document
from shared.speech.assess import assess
transcriber = WhisperTranscriber(lambda: Path(sys.argv[1]))
found = assess(Path(sys.argv[2]).read_bytes(), kind="read_aloud", language="en",
               reference=sys.argv[3], transcriber=transcriber)
print(json.dumps(to_document(found.analysis)))
"""


@pytest.mark.parametrize("threads", ["1", "2"])
def test_every_process_and_thread_finds_the_same(weights, read, kennedy, threads):
    here = json.dumps(to_document(kennedy))
    with ThreadPoolExecutor(2) as pool:
        assert [json.dumps(to_document(a)) for a in pool.map(read, [KENNEDY] * 2)] == [here] * 2
    command = [sys.executable, "-c", _ASSESS, weights, AUDIO / "kennedy.flac", KENNEDY]
    environment = os.environ | {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
    there = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert there == here


def test_another_file_than_the_one_pinned_is_refused(tmp_path, monkeypatch):
    (tmp_path / HEAD).write_bytes(networks.verified(HEAD) + b"\0")
    monkeypatch.setattr(networks, "MODELS", tmp_path)
    with pytest.raises(Unavailable) as changed:
        networks.verified(HEAD)
    assert changed.value.code == "scorer_unavailable"
    with pytest.raises(Unavailable):
        networks.verified(POSTERIORS)
