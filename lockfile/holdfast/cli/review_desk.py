"""Somebody at a terminal walks through what waits: a screen, a key, the next screen. Decisions only: signs nothing.

Knows the keyboard and the screens; what a decision means is in `workflows.review_walk`.
"""

import shutil
from collections.abc import Callable

from holdfast.cli.console import Console
from holdfast.cli.fetched_archives import FetchedArchives
from holdfast.cli.fetched_changes import UNASKED, FetchedChanges
from holdfast.cli.review_difference import difference_lines
from holdfast.cli.terminal_keys import read_answer, read_key
from holdfast.cli.terminal_pages import show_pages
from holdfast.cli.terminal_prompts import fitted
from holdfast.errors import UsageError
from holdfast.model.review import Entry, ReviewGroup, SecurityItem
from holdfast.reports.plain import plain
from holdfast.reports.review_screen import Look, render_rows, render_screen
from holdfast.workflows.acting import checked_reason
from holdfast.workflows.capability_deltas import CapabilityDeltas
from holdfast.workflows.review import changed_pairs, sized, with_capabilities
from holdfast.workflows.review_walk import Walk
from holdfast.workflows.source_difference import AtHand

_KEYS = {
    "a": "approve",
    "s": "skip",
    "r": "reject",
    "d": "source difference",
    "f": "fetch its code",
    "o": "open the group",
    "b": "back",
    "?": "help",
    "q": "quit",
}
_HELP = (
    ("a", "approve: it is accepted, with all packages of a group; signed at the end, when everything was fetched anew"),
    ("s", "skip: it stays as it is, and waits"),
    ("r", "reject: it is not accepted; the reason is signed, and `holdfast check` fails with it"),
    ("d", "source difference: fetch what is compared and page through what differs in the files"),
    ("f", "fetch its code: download what is not in the store, and show what it can do now that it could not before"),
    ("o", "open the group: look at its packages one by one"),
    ("b", "back: take the last decision back"),
    ("q", "quit: no more screens; what was decided is shown, and signed if you say so"),
    ("Ctrl-C", "leaves at once: nothing is signed or written"),
)


class Desk:
    """`can_sign`: whether there is a key to decide with; without one it is only looked at."""

    def __init__(
        self,
        walk: Walk,
        now: str,
        console: Console,
        archives: FetchedArchives,
        open_stored: Callable[[], AtHand],
        *,
        can_sign: bool,
        code: CapabilityDeltas,
        fetched: FetchedChanges,
    ) -> None:
        self._walk = walk
        self._now = now
        self._console = console
        self._archives = archives
        self._open_stored = open_stored
        self._can_sign = can_sign
        self._code, self._fetched = code, fetched
        self._missing = 0  # archives of the entry at hand that are not in the store

    def sit(self) -> None:
        """Ask about one entry after the other, until the end or until `q`."""
        while (entry := self._walk.current) is not None:
            self._say("\n" + render_screen(self._sized(entry), self._walk.place, self._now, self.look))
            if not self._decided(entry):
                return

    @property
    def look(self) -> Look:
        """How the terminal shows things now: it may be made wider while somebody reads."""
        columns = shutil.get_terminal_size().columns
        return Look(columns, self._console.colour, self._console.draws("─"))

    def ask_reason(self, question: str, what: str) -> str:
        """Return why, as it is typed; asks again until it is one printable line."""
        while True:
            try:
                return checked_reason(read_answer(lambda: self._say(self.fitted(f"{question}: "))), what)
            except UsageError as error:
                self._tell(f"expected {error.expected}; found {plain(error.found)}")

    def _decided(self, entry: Entry) -> bool:
        """Take keys until the entry is decided, opened or left; False to quit."""
        while True:
            key = read_key(lambda: self._say(self._prompt(entry)))
            self._say(f"{key.strip()}\n" if key.isprintable() else "\n")
            if key == "q":
                return False
            if key == "?":
                keys = (*self._available(entry), "Ctrl-C")
                self._say(render_rows("keys", [row for row in _HELP if row[0] in keys], self.look))
            elif key == "d":
                self._show_difference(entry)
            elif key == "f" and key in self._available(entry):
                self._fetch_code(entry)
                return True
            elif key in ("a", "r") and not self._can_sign:
                self._tell("to decide, start with --key FILE or --agent ID: holdfast review --key FILE")
            elif self._moved(key):
                return True

    def _moved(self, key: str) -> bool:
        """Whether a key leads to another screen."""
        walk = self._walk
        if key == "a":
            walk.approve()
        elif key == "s":
            walk.skip()
        elif key == "r":
            walk.reject(self.ask_reason("why it is rejected", "rejected"))
        elif key == "o":
            return self._told(walk.open(), "this is one package: there is nothing to open")
        elif key == "b":
            return self._told(walk.back(), "nothing was decided yet")
        else:
            return False
        return True

    def _told(self, done: bool, otherwise: str) -> bool:
        if not done:
            self._tell(otherwise)
        return done

    def _prompt(self, entry: Entry) -> str:
        shown = [f"{key} {_KEYS[key]}" for key in self._available(entry)]
        return f"\n{self.fitted('  '.join(shown) + ' > ')}"

    def _available(self, entry: Entry) -> list[str]:
        """The keys that do something now."""
        several = isinstance(entry, ReviewGroup) and len(entry.items) > 1
        return [
            key
            for key in _KEYS
            if (key != "o" or several)
            and (key != "d" or (isinstance(entry, ReviewGroup) and not several))
            and (key != "f" or (self._missing and not self._fetched.is_offline))
            and (key != "b" or self._walk.decisions)
            and (key not in "ar" or self._can_sign)
        ]

    def _sized(self, entry: Entry) -> Entry:
        """The entry with what its code gains. Of a single package what is missing is fetched, if that is not much.

        A single one also has the size of its change; of a group each would have to be unpacked.
        """
        self._missing = 0
        if isinstance(entry, SecurityItem):
            return entry
        single = len(entry.items) == 1
        self._missing = self._code.gather(changed_pairs(entry.items), UNASKED if single else 0)
        items = (sized(entry.items[0], self._open_stored()),) if single else entry.items
        return ReviewGroup(tuple([with_capabilities(item, self._code) for item in items]))

    def _fetch_code(self, entry: Entry) -> None:
        """Have everything fetched that the entry lacks, however much it is."""
        if isinstance(entry, ReviewGroup):
            self._fetched.is_asked = True
            self._code.gather(changed_pairs(entry.items))
            self._fetched.is_asked = False

    def _show_difference(self, entry: Entry) -> None:
        if isinstance(entry, SecurityItem):
            self._tell("the whole change of the configuration is shown above")
            return
        if len(entry.items) > 1:
            self._tell("a group has many: open it with o first")
            return
        both = any(one.before is not None and one.after is not None for one in entry.items[0].releases)
        self._tell("fetching both releases" if both else "fetching the release")
        show_pages(difference_lines(entry.items[0], self._archives, self._console.colour), self._console)

    def fitted(self, text: str) -> str:
        """Return a line as the terminal is wide now, broken between keys or words."""
        return fitted(text, shutil.get_terminal_size().columns)

    def _tell(self, line: str) -> None:
        self._say(self.fitted(line) + "\n")

    def _say(self, text: str) -> None:
        self._console.result(text)
        self._console.flush()
