"""One-time codes after the RFC's own examples, and what the stored forms are bound to."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from run_services.auth.second_factor.totp import TotpKey, matching_step, new_recovery_codes

# RFC 6238, appendix B: the secret of the SHA-1 examples, their last six digits by second.
SECRET = base64.b32encode(b"12345678901234567890").decode()
EXAMPLES = {1111111111: "050471", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"}
KEY = TotpKey("k" * 32)


@pytest.mark.parametrize(("second", "code"), EXAMPLES.items())
def test_the_codes_of_the_rfc(second: int, code: str) -> None:
    moment = datetime.fromtimestamp(second, UTC)
    assert matching_step(SECRET, code, moment) == second // 30
    for off in (-30, 30):
        assert matching_step(SECRET, code, moment + timedelta(seconds=off)) == second // 30
    for off in (-60, 60):
        assert matching_step(SECRET, code, moment + timedelta(seconds=off)) is None


def test_a_secret_is_read_only_for_its_user_with_its_key() -> None:
    sealed = KEY.encrypt("eve", SECRET)
    assert KEY.decrypt("eve", sealed) == SECRET
    assert sealed != KEY.encrypt("eve", SECRET)
    broken = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for key, user, kept in [
        (KEY, "adam", sealed),
        (TotpKey("K" * 32), "eve", sealed),
        (KEY, "eve", broken),
    ]:
        with pytest.raises(ValueError, match="another user or key"):
            key.decrypt(user, kept)


def test_a_recovery_code_is_known_however_it_is_typed_and_only_for_its_user() -> None:
    kept = KEY.recovery_hash("eve", "ABCDE23456")
    for typed in ("abcde23456", "ABCDE-23456", "abcde 23456 "):
        assert KEY.recovery_hash("eve", typed) == kept
    assert KEY.recovery_hash("adam", "ABCDE23456") != kept
    assert TotpKey("K" * 32).recovery_hash("eve", "ABCDE23456") != kept


def test_recovery_codes_are_ten_and_all_different() -> None:
    codes = new_recovery_codes() + new_recovery_codes()
    assert len(set(codes)) == 20
    assert all(len(code) == 10 for code in codes)
