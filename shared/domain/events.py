"""The events between deployables, as data."""

from dataclasses import dataclass

ATTEMPT_ANALYZED = "attempt-analyzed"
ATTEMPT_COMPLETED = "attempt-completed"
ATTEMPT_FAILED = "attempt-failed"
SWEEP_DUE = "sweep-due"
ACCOUNT_ERASED = "account-erased"
ACCOUNT_EXPORT_REQUESTED = "account-export-requested"


@dataclass(frozen=True, slots=True)
class ObjectFinalized:
    """A storage object became complete; fields of Google's StorageObjectData that we use."""

    bucket: str
    name: str
    generation: str
    size: int
    contentType: str


@dataclass(frozen=True, slots=True)
class AttemptChanged:
    """Data of `attempt-analyzed`, `attempt-completed` and `attempt-failed`."""

    attempt_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class SweepDue:
    """Data of `sweep-due`: time to end what has gone stale."""


@dataclass(frozen=True, slots=True)
class AccountErased:
    """Data of `account-erased`: everything of this user is to be removed everywhere."""

    user_id: str


@dataclass(frozen=True, slots=True)
class AccountExportRequested:
    """Data of `account-export-requested`."""

    export_id: str
    user_id: str
