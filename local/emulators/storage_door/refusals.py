"""What Cloud Storage's XML API answers when it refuses."""

from xml.sax.saxutils import escape


class RefusalError(Exception):
    """Status and code: https://cloud.google.com/storage/docs/xml-api/reference-status."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    @property
    def document(self) -> str:
        return (
            "<?xml version='1.0' encoding='UTF-8'?><Error>"
            f"<Code>{self.code}</Code><Message>{escape(str(self))}</Message></Error>"
        )


def too_large() -> RefusalError:
    return RefusalError(
        400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size."
    )


def incomplete() -> RefusalError:
    return RefusalError(400, "IncompleteBody", "The body is shorter than its Content-Length.")
