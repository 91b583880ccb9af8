"""How the inner parsers of this room say that an answer breaks its format.

The doors (`parse_listing`, `wheel_metadata`, ...) know whom they asked for what: they turn each fault into a
`RegistryAnswerInvalid` with those fields. Nothing outside this room sees these exceptions.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from holdfast_resolver.errors import RegistryAnswerInvalid


class AnswerFaultError(Exception):
    """The answer is not what its format allows; `detail` says what was expected and what was found."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@contextmanager
def answer_of(source: str, subject: str, url: str) -> Iterator[None]:
    """Inside the block, an `AnswerFaultError` becomes the `RegistryAnswerInvalid` of this question."""
    try:
        yield
    except AnswerFaultError as fault:
        raise RegistryAnswerInvalid(source, subject, url, fault.detail) from fault
