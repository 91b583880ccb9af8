"""A crew that shows how far it is: `fetching 120/377` on a terminal. Loaded only when something is fetched."""

import time
from collections.abc import Callable

from holdfast.cli.console import Console
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.crew import Crew
from holdfast_resolver.fetch.index import Answer, Need
from holdfast_resolver.fetch.press import Press
from holdfast_resolver.fetch.records import Record
from holdfast_resolver.fetch.transport import Transport
from holdfast_resolver.values.wishes import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast_resolver.fetch.npm_records import NpmRecord


class CountedCrew(Crew):
    """Counts questions and answers."""

    def __init__(
        self,
        console: Console,
        transport: Transport,
        cache: Cache,
        url_of: Callable[[Source], str],
        now: int,
        press: Press,
    ) -> None:
        super().__init__(transport, cache, url_of, now, press=press)
        self._console = console
        self._asked = 0
        self._answered = 0

    def ask(self, need: Need, stale: "Record | NpmRecord | None") -> None:
        """See `Crew.ask`."""
        self._asked += 1
        super().ask(need, stale)

    def next_answer(self) -> tuple[Need, Answer]:
        """See `Crew.next_answer`."""
        answer = super().next_answer()
        self._answered += 1
        self._console.progress(f"fetching {self._answered}/{self._asked}", time.monotonic())
        return answer
