"""Settings of the object server."""

from shared.runtime.store_settings import ExportsSettings, MaterialsSettings, RecordingsSettings


class Settings(RecordingsSettings, MaterialsSettings, ExportsSettings):
    """The folders of the buckets that signed URLs lead to, and the secret of those URLs."""
