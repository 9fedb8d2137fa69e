"""Settings of the AI gateway."""

from pydantic import Field

from shared.runtime.settings import DatabaseSettings, IdentitySettings, LanguageModelSettings


class Settings(DatabaseSettings, IdentitySettings, LanguageModelSettings):
    """The ledger of calls, the tokens of services, and the model that is asked first."""

    token_audience: str = Field("ai_gateway", description="Expected `aud` of service tokens.")
