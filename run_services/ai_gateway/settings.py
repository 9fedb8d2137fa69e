"""Settings of the AI gateway."""

from pydantic import Field, NonNegativeFloat

from shared.runtime.settings import IdentitySettings, LanguageModelSettings
from shared.runtime.store_settings import DatabaseSettings

_PRICES = {
    "gemini-3.1-flash-lite": (0.25, 1.5),
    "gemini-3.5-flash": (1.5, 9.0),
    "gemini-3.5-flash-lite": (0.3, 2.5),
    "gemini-3.8-flash": (0.75, 3.75),
}


class Settings(DatabaseSettings, IdentitySettings, LanguageModelSettings):
    """The ledger of calls, the tokens of services, and the model that is asked first."""

    model_prices: dict[str, tuple[NonNegativeFloat, NonNegativeFloat]] = Field(
        _PRICES,
        description="JSON: USD per million input and output tokens by model; the defaults are "
        "list prices of November 2026 at the global endpoint, as LiteLLM's price table has them.",
    )
    calls_per_user: int = Field(
        60, ge=1, description="Calls made on behalf of one user in a minute, repeats among them."
    )
