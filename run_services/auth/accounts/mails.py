"""What is written to users, in English; nothing here names the account's other data."""

from dataclasses import dataclass

_CLOSING = "\n\nYour Rostrum"


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str


def verify_address(link: str) -> Letter:
    return Letter(
        "Confirm your e-mail address",
        "Hello,\n\n"
        "please confirm that this is your e-mail address; then you can start to practise:\n\n"
        f"{link}\n\n"
        "The link works once, within 24 hours. If you did not open an account with us, ignore "
        f"this mail: without the link nobody can use it.{_CLOSING}",
    )


def already_registered(public_url: str) -> Letter:
    return Letter(
        "You have an account already",
        "Hello,\n\n"
        "somebody, probably you, wanted to use this e-mail address for an account. There is one "
        f"already, so just sign in:\n\n{public_url}\n\n"
        "If you no longer know the password, choose 'forgotten password' there. If it was not "
        f"you, there is nothing to do.{_CLOSING}",
    )


def choose_password(link: str) -> Letter:
    return Letter(
        "Confirm your e-mail address and choose a password",
        "Hello,\n\n"
        "this e-mail address was registered more than once, with different passwords. So none of "
        f"them counts. Choose yours here, which also confirms your address:\n\n{link}\n\n"
        "The link works once, within an hour. If you did not open an account with us, ignore "
        f"this mail: without the link nobody can use it.{_CLOSING}",
    )


def reset_password(link: str) -> Letter:
    return Letter(
        "Choose a new password",
        "Hello,\n\n"
        f"here you can choose a new password:\n\n{link}\n\n"
        "The link works once, within an hour. If you did not ask for it, ignore this mail: your "
        f"password stays as it is.{_CLOSING}",
    )


def confirm_new_address(link: str) -> Letter:
    return Letter(
        "Confirm your new e-mail address",
        "Hello,\n\n"
        f"please confirm that you want to use this address for your account:\n\n{link}\n\n"
        "The link works once, within 24 hours. Until then your old address stays in use. If you "
        f"did not ask for it, ignore this mail.{_CLOSING}",
    )


def address_is_changing() -> Letter:
    return Letter(
        "Your e-mail address is about to change",
        "Hello,\n\n"
        "a new e-mail address was entered for your account; it counts as soon as it is "
        "confirmed. If it was not you, sign in and change your password now: that signs "
        f"everybody else out.{_CLOSING}",
    )


def password_changed() -> Letter:
    return Letter(
        "Your password was changed",
        "Hello,\n\n"
        "the password of your account has just been changed, and all other devices were signed "
        "out. If it was not you, choose 'forgotten password' at the next sign-in to get your "
        f"account back.{_CLOSING}",
    )
