"""Settings of the object server."""

from shared.runtime.settings import ObjectsSettings


class Settings(ObjectsSettings):
    """The folder of recordings and the secret of its upload URLs."""
