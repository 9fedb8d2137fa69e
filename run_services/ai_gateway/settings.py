"""Settings of the AI gateway."""

from shared.runtime.settings import DatabaseSettings, IdentitySettings, LanguageModelSettings


class Settings(DatabaseSettings, IdentitySettings, LanguageModelSettings):
    """The ledger of calls, the tokens of services, and the model that is asked first."""
