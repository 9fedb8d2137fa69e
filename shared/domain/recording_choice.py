"""Whether a learner wants recordings kept after their analysis."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecordingChoice:
    """The choice in force `since` that time (RFC 3339); who never chose has none.

    `withdrawn_at` stands from a withdrawal until everything kept before it is removed, whatever
    is chosen meanwhile.
    """

    user_id: str
    keep: bool
    since: str
    withdrawn_at: str | None = None

    def covers(self, created_at: str) -> bool:
        """Whether the recording of an attempt made then may be kept.

        That is when the choice was in force at that time and has been ever since.
        """
        return self.keep and self.since <= created_at
