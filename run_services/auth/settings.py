"""Settings of the auth service."""

from pydantic import Field, SecretStr

from shared.runtime.settings import AddressSettings, FirebaseSettings, MailSettings, WebSettings
from shared.runtime.store_settings import ExportsSettings, LedgerSettings, SqlSettings


class Settings(
    SqlSettings,
    FirebaseSettings,
    AddressSettings,
    WebSettings,
    MailSettings,
    ExportsSettings,
    LedgerSettings,
):
    """Accounts, sessions, the mails about them, exports, and how often anything may be tried."""

    refresh_secret: SecretStr = Field(
        min_length=32, description="Secret from which successors of refresh tokens are derived."
    )
    totp_key: SecretStr = Field(
        min_length=32, description="Secret that encrypts TOTP secrets and hashes recovery codes."
    )
    session_days: int = Field(90, ge=1, description="Days after which everyone signs in anew.")
    requests_per_minute: int = Field(
        60, ge=1, description="Calls of one operation without token, per client address and minute."
    )
    mails_per_hour: int = Field(
        5, ge=1, description="Mails that may be asked for, per e-mail address and hour."
    )
    login_failures: int = Field(
        5, ge=1, description="Failed logins in a row after which an account is blocked for a while."
    )
    address_failures: int = Field(
        50, ge=1, description="Failed logins after which a client address is blocked for a while."
    )
