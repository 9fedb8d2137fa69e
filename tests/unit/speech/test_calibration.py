import json

import pytest

from shared.speech import networks
from shared.speech.calibration import calibration


@pytest.mark.parametrize("strict", [0.85, 0.95])
def test_a_clear_word_is_worth_checking_to_nobody(strict, monkeypatch):
    stored = json.loads(networks.verified("calibration.json"))
    stored |= {"clear_from": 0.9}
    stored["worth_checking_below"] |= {"strict": strict}
    monkeypatch.setattr(networks, "verified", lambda _: json.dumps(stored).encode())
    found = calibration.__wrapped__()
    assert found.worth_checking_below["strict"] == min(strict, 0.9)
    assert found.worth_checking_below["lenient"] == stored["worth_checking_below"]["lenient"]
