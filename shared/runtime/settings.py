"""Settings every deployable has; each deployable subclasses this with its own, and no others."""

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.runtime.cors import ORIGIN

Environment = Literal["local", "dev", "staging", "prod"]
Engine = Literal["embedded", "google"]


class RuntimeSettings(BaseSettings):
    """Read once from the environment, frozen. Every name is documented in docs/configuration.md."""

    # Of this and all its kin, only the class that is read needs to be built.
    model_config = SettingsConfigDict(
        env_prefix="ROSTRUM_",
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        defer_build=True,
    )

    environment: Environment = Field("local", description="Where this runs.")
    engine: Engine = Field("embedded", description="Which adapters stand behind the ports.")
    allow_embedded: bool = Field(
        default=False, description="Let staging or prod run on the embedded engine, knowingly."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Least severity that is logged."
    )
    project: str = Field("local", description="Google Cloud project id, for log and trace names.")
    otlp_endpoint: str | None = Field(
        None, description="Base URL of the OTLP/HTTP collector of traces and metrics; none: logs."
    )
    otlp_auth: Literal["none", "google"] = Field(
        "none", description="Whether the collector is sent the deployable's Google credentials."
    )
    trace_ratio: float = Field(
        1.0, ge=0, le=1, description="Share of traces recorded where no caller samples already."
    )

    @model_validator(mode="after")
    def _refuse_embedded_in_production(self) -> Self:
        production = self.environment in ("staging", "prod")
        if production and self.engine == "embedded" and not self.allow_embedded:
            raise ValueError(
                "the embedded engine needs ROSTRUM_ALLOW_EMBEDDED=true outside local and dev"
            )
        return self

    @model_validator(mode="after")
    def _credentials_go_to_google(self) -> Self:
        if self.otlp_auth == "google" and not is_googles(self.otlp_endpoint or ""):
            raise ValueError("ROSTRUM_OTLP_AUTH=google is for https://telemetry.googleapis.com")
        return self


class AccountSettings(RuntimeSettings):
    """For deployables that sign tokens or URLs."""

    own_account: str | None = Field(
        None, description="Service account this runs as; it signs tokens and URLs, with Google."
    )
    iam_url: str = Field(
        "https://iamcredentials.googleapis.com", description="Address of the IAM signer."
    )

    @model_validator(mode="after")
    def _google_signs(self) -> Self:
        # The deployable's own credentials go there.
        if self.environment in ("staging", "prod") and not is_googles(self.iam_url):
            raise ValueError("ROSTRUM_IAM_URL is an address of Google's in staging and prod")
        return self


class AddressSettings(RuntimeSettings):
    """For deployables that limit requests by address."""

    forwarded_hops: int = Field(
        1, ge=0, description="How many of our proxies append to X-Forwarded-For."
    )


class WebSettings(RuntimeSettings):
    """For services behind the public gateway."""

    web_origins: tuple[str, ...] = Field(
        (), description="JSON list: other origins whose web pages may call, https://HOST[:PORT]."
    )

    @model_validator(mode="after")
    def _origins_are_exact(self) -> Self:
        for origin in self.web_origins:
            if not ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin} is not like https://app.example or http://host:3000")
            if self.environment in ("staging", "prod") and not origin.startswith("https://"):
                raise ValueError("ROSTRUM_WEB_ORIGINS are https:// in staging and prod")
        return self


class MailSettings(RuntimeSettings):
    """For the deployable that sends mail."""

    mail_from: str = Field("Rostrum <rostrum@localhost>", description="Sender of every mail.")
    public_url: str = Field(description="Address of the web app, the base of links in mails.")
    mail_outbox: Path | None = Field(
        None, description="Folder that keeps the mails where no SMTP server is given."
    )
    smtp_host: str | None = Field(None, description="SMTP server that takes the mails.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the SMTP server.")
    smtp_security: Literal["tls", "starttls", "none"] = Field(
        "starttls", description="TLS from the first byte, by STARTTLS, or (a local relay) none."
    )
    smtp_user: str = Field("", description="User at the SMTP server; without one, none signs in.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password of that user.")

    @model_validator(mode="after")
    def _mail_goes_somewhere(self) -> Self:
        if self.smtp_host is None and self.mail_outbox is None:
            raise ValueError("give ROSTRUM_SMTP_HOST or ROSTRUM_MAIL_OUTBOX")
        return self


class IdentitySettings(AccountSettings):
    """For deployables that verify or issue access tokens."""

    signer: Literal["local", "google"] = Field(
        "local", description="Who signs tokens: keys in a folder, or IAM for a service account."
    )
    token_keys: Path | None = Field(
        None, description="Folder of the local signer's keys; to verify, its jwks.json is enough."
    )
    token_issuer: str = Field("rostrum-local", description="`iss` of the local signer's tokens.")
    token_audience: str = Field("rostrum", description="Expected `aud` of access tokens.")
    token_account: str | None = Field(
        None, description="Service account that signs users' tokens, with the Google signer."
    )
    caller_accounts: tuple[str, ...] = Field(
        (), description="JSON list: service accounts whose calls of internal routes are taken."
    )

    @model_validator(mode="after")
    def _signer_is_known(self) -> Self:
        if self.signer == "google" and self.token_account is None:
            raise ValueError("the Google signer needs ROSTRUM_TOKEN_ACCOUNT")
        if self.signer == "local" and self.token_keys is None:
            raise ValueError("the local signer needs ROSTRUM_TOKEN_KEYS")
        production = self.environment in ("staging", "prod")
        if production and self.signer == "local" and not self.allow_embedded:
            raise ValueError("local signing keys need ROSTRUM_ALLOW_EMBEDDED=true here")
        return self


class FirebaseSettings(IdentitySettings):
    """For the deployable that takes Firebase sign-ins; `own_account` signs its custom tokens."""

    firebase_project: str | None = Field(
        None, description="Firebase project whose sign-ins are taken; without one, none are."
    )
    firebase_auth_emulator_host: str | None = Field(
        None,
        validation_alias="FIREBASE_AUTH_EMULATOR_HOST",
        description="Host and port of Firebase's Auth emulator; not in staging or prod.",
    )

    @model_validator(mode="after")
    def _refuse_emulator_in_production(self) -> Self:
        # Under it firebase-admin checks no signature.
        if self.environment in ("staging", "prod") and self.firebase_auth_emulator_host:
            raise ValueError("FIREBASE_AUTH_EMULATOR_HOST is not for staging or prod")
        return self


class LanguageModelSettings(RuntimeSettings):
    """For the deployable that calls language models."""

    language_model: Literal["rubric", "gemini"] = Field(
        "rubric", description="Who writes feedback; the rubric stands in for a model that fails."
    )
    gemini_model: str = Field("gemini-3.5-flash-lite", description="Model id on Google Cloud.")
    gemini_location: str = Field("global", description="Location of the model's endpoint.")
    gemini_url: str | None = Field(None, description="Another address of the Gemini API.")
    model_timeout_s: float = Field(
        20.0, gt=0, le=60, description="Time a model has for one answer, its retries included."
    )

    @model_validator(mode="after")
    def _google_answers(self) -> Self:
        # Learners' words and the deployable's own credentials go there.
        production = self.environment in ("staging", "prod")
        if production and self.gemini_url is not None and not is_googles(self.gemini_url):
            raise ValueError("ROSTRUM_GEMINI_URL is an address of Google's in staging and prod")
        return self


def is_googles(url: str) -> bool:
    """Whether this is an address of Google's APIs, private endpoints among them, under TLS."""
    parts = urlsplit(url)
    return parts.scheme == "https" and (parts.hostname or "").endswith(".googleapis.com")
