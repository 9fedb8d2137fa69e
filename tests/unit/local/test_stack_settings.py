"""The settings of the one-machine stack."""

import pytest
from pydantic import ValidationError

from local.settings import StackSettings


def test_origins_are_separated_by_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    assert StackSettings().stack().origins == ()
    monkeypatch.setenv("ORIGINS", "https://app.example  http://localhost:3000")
    assert StackSettings().stack().origins == ("https://app.example", "http://localhost:3000")


@pytest.mark.parametrize(
    "value", ["*", "app.example", "https://app.example/", "https://a.example,https://b.example"]
)
def test_what_is_no_origin_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ORIGINS", value)
    with pytest.raises(ValidationError, match="origins"):
        StackSettings()
