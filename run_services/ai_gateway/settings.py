"""Settings of the AI gateway."""

from pydantic import Field

from shared.runtime.settings import DatabaseSettings, IdentitySettings, LanguageModelSettings


class Settings(DatabaseSettings, IdentitySettings, LanguageModelSettings):
    """The ledger of calls, the tokens of services, and the model that is asked first."""

    calls_per_user: int = Field(
        60, ge=1, description="Calls made on behalf of one user in a minute, repeats among them."
    )
