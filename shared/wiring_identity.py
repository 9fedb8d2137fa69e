"""Which tokens are taken and made, and by whose keys: the part of wiring that is about identity.

As in wiring, adapters are imported inside the functions, and those of tokens, which load
cryptography, only when they are first used.
"""

from typing import TYPE_CHECKING

from shared.adapters.deferred import deferred

if TYPE_CHECKING:
    from shared.adapters.embedded.identity import LocalTokens
    from shared.adapters.gcp.admission import CloudRunAdmission
    from shared.adapters.gcp.iam_tokens import GoogleTokens, IamTokens
    from shared.adapters.gcp.service_account_keys import ServiceAccountKeys
    from shared.ports.clock import Clock
    from shared.ports.identity import Admission, PublicKeys, TokenIssuer, TokenVerifier
    from shared.runtime.settings import IdentitySettings


def clock() -> "Clock":
    from shared.adapters.embedded.clock import SystemClock

    return SystemClock()


def token_verifier(settings: "IdentitySettings") -> "TokenVerifier":
    """Of the tokens users bring."""
    audience = settings.token_audience
    if settings.signer == "google":
        accounts = (_account(settings.token_account),)
        return deferred(lambda: _remembered(_google_tokens(accounts, audience)))
    return deferred(lambda: _remembered(_local_tokens(settings, audience)))


def service_verifier(settings: "IdentitySettings", service: str) -> "TokenVerifier":
    """Of the tokens with which other deployables call `service`."""
    if settings.signer == "google":
        return deferred(lambda: _remembered(_google_tokens(settings.caller_accounts, service)))
    return deferred(lambda: _remembered(_local_tokens(settings, service)))


def token_issuer(settings: "IdentitySettings") -> "TokenIssuer":
    if settings.signer == "google":
        account = _account(settings.own_account)
        return deferred(lambda: _iam_tokens(account, settings.iam_url))
    return deferred(lambda: _local_tokens(settings, settings.token_audience))


def admission(settings: "IdentitySettings", url: str) -> "Admission | None":
    """To the service at `url`; none where no platform of Google's stands before it."""
    if settings.signer != "google" or not url.startswith("https://"):
        return None
    account = _account(settings.own_account)
    return deferred(lambda: _cloud_run_admission(account, settings.iam_url))


def public_keys(settings: "IdentitySettings") -> "PublicKeys":
    """The keys users' tokens are signed with, for the gateway."""
    if settings.signer == "google":
        account = _account(settings.token_account)
        return deferred(lambda: _account_keys(account))
    return deferred(lambda: _local_tokens(settings, settings.token_audience))


def _remembered(verifier: "TokenVerifier") -> "TokenVerifier":
    from shared.adapters.remembered_tokens import RememberedTokens

    return RememberedTokens(verifier, clock())


def _local_tokens(settings: "IdentitySettings", audience: str) -> "LocalTokens":
    from shared.adapters.embedded.identity import LocalTokens

    if settings.token_keys is None:
        raise ValueError("ROSTRUM_TOKEN_KEYS is not set")
    return LocalTokens(settings.token_keys, settings.token_issuer, audience, clock())


def _iam_tokens(account: str, iam_url: str) -> "IamTokens":
    from shared.adapters.gcp.iam_session import build_session
    from shared.adapters.gcp.iam_tokens import IamTokens

    return IamTokens(account, build_session(), clock(), base_url=iam_url)


def _cloud_run_admission(account: str, iam_url: str) -> "CloudRunAdmission":
    from shared.adapters.gcp.admission import CloudRunAdmission
    from shared.adapters.gcp.iam_session import build_session

    return CloudRunAdmission(account, build_session(), iam_url)


def _google_tokens(accounts: tuple[str, ...], audience: str) -> "GoogleTokens":
    from shared.adapters.gcp.iam_tokens import GoogleTokens

    return GoogleTokens({account: _account_keys(account) for account in accounts}, audience)


def _account_keys(account: str) -> "ServiceAccountKeys":
    from shared.adapters.gcp.service_account_keys import ServiceAccountKeys, build_client

    return ServiceAccountKeys(account, build_client(), clock())


def _account(account: str | None) -> str:
    if account is None:
        raise ValueError("ROSTRUM_TOKEN_ACCOUNT and ROSTRUM_OWN_ACCOUNT name service accounts")
    return account
