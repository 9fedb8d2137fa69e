"""E-mail addresses as people write them, and as they are compared."""

from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator

from shared.runtime.bodies import text

MAX_LENGTH = 254


def normalised(address: str) -> str:
    """The address in its usual spelling; whether its domain exists is not asked.

    Domains for tests and documentation (RFC 2606) are taken. Raises `ValueError`.
    """
    try:
        checked = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValueError("This is not an e-mail address") from None
    if len(checked.normalized) > MAX_LENGTH:
        raise ValueError(f"An e-mail address has at most {MAX_LENGTH} characters")
    return checked.normalized


def email_key(address: str) -> str:
    """What all spellings of one address share: hardly a mail server tells capitals apart.

    Case alone: full case folding makes `ß` into `ss`, and straße.de and strasse.de are the
    domains of different owners (IDNA 2008, RFC 5894 §7.2).
    """
    return address.lower()


Email = Annotated[str, text(3, MAX_LENGTH), AfterValidator(normalised)]
