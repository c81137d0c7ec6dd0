"""What a client is told where there is no answer: a status, one line, what to do."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - it is no failure of ours, and reads as what it is
    """A request that gets no answer, with the HTTP status that says why."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        hint: str | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.hint = hint
        self.headers = headers

    @property
    def text(self) -> str:
        """The words for the client."""
        return self.message + (f"\nhint: {self.hint}" if self.hint else "") + "\n"


class Unreadable(Refused):
    """The database could not be read, for reasons that may have passed when one asks again."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(503, message, hint=hint, headers=(("Retry-After", "2"),))
