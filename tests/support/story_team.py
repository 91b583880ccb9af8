"""A team in a repository: people with names in commits, some with keys that approve, and holdfast's command line.

    team = Team(folder, configuration="holdfast.toml", environment={"HOLDFAST_CACHE_DIR": ...})
    team.commit(DANA, "use click")
    done = team.run("check", "--base", team.head("main"))
    team.execute("holdfast review click", ADA)            # as a person at a terminal would: looks, approves, signs

A command is executed as it was printed, word for word; whoever does it has a key in HOLDFAST_KEY and nothing else.
"""

import io
import re
import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from holdfast.cli.main import main
from tests.support import repositories
from tests.support.approving import FAR, key_file
from tests.support.project import Done
from tests.support.signing_keys import public
from tests.support.terminal import TIMEOUT, Terminal

ASKED = " quit > "  # the end of the question below a screen
WHY, WHY_NOT = "why it is approved: ", "why it is rejected: "
UNTIL = "(such as 2027-06-30): "
SIGN = "n no > "
REFUSED = "q give up > "
_HEAD = re.compile(r"^(?:note|warning|error|alarm)\[([a-z-]+)\]", re.MULTILINE)
_NEXT = re.compile(r"^\s*(?:next|hint): (.+)$", re.MULTILINE)


class Person(NamedTuple):
    """Somebody. `role` is that of an approver."""

    name: str
    role: str = ""

    @property
    def mail(self) -> str:
        """As git has it."""
        return f"{self.name.lower()}@acme.example"

    @property
    def word(self) -> str:
        """What `signing_keys` calls the key."""
        return self.name.lower()

    @property
    def table(self) -> str:
        """`[[approver]]`, with `{at}` for where tables of holdfast are."""
        role = f'role = "{self.role}"\n' if self.role else ""
        key, mails = public(self.word).text, f'emails = ["{self.mail}"]\n'
        return f'\n[[{{at}}approver]]\nname = "{self.name}"\nkey = "{key}"\n{role}{mails}'


DANA = Person("Dana")  # develops
ADA = Person("Ada", "security")  # approves
BEA = Person("Bea")  # approves where two are needed
CI = Person("CI", "rule")  # signs what rules describe
MALLORY = Person("Mallory")  # attacks


class Reader(Terminal):
    """Somebody who reads whichever question comes next."""

    def next_of(self, *questions: str) -> str:
        """Wait for the first of these questions, and return which; "" when the command ended instead."""
        while True:
            fresh = self.text[self._seen :]
            found = [one for one in questions if one in fresh]
            if found:
                self._seen += min(fresh.index(one) + len(one) for one in found)
                return min(found, key=fresh.index)
            if not self._more():
                return ""

    def _more(self) -> bool:
        return self._read(time.monotonic() + TIMEOUT)


class Team:
    """`folder` is the project, at the top of a repository of its own; keys lie beside it.

    `has_terminal`: reviews are done in a process of their own at a pseudo terminal, else in this one, with a keyboard
    that knows what is asked.
    """

    has_terminal = False

    def __init__(self, folder: Path, environment: dict[str, str], configuration: str) -> None:
        self.folder = folder
        self.environment = environment
        self.configuration = folder / configuration
        self.at = "tool.holdfast." if configuration == "pyproject.toml" else ""

    @property
    def lock(self) -> Path:
        """The lock."""
        return self.folder / "holdfast.lock"

    @property
    def approvals(self) -> Path:
        """The folder of approvals."""
        return self.folder / ".holdfast" / "approvals"

    @property
    def acts(self) -> list[str]:
        """The names of the files of approvals, in order."""
        return sorted(one.name for one in self.approvals.iterdir()) if self.approvals.is_dir() else []

    def key(self, person: Person) -> str:
        """The file of somebody's key."""
        return str(key_file(self.folder.parent, person.word))

    def configure(self, text: str) -> None:
        """Add text to the configuration; `{at}` is what the names of tables begin with."""
        self.configuration.write_text(self.configuration.read_text() + text.replace("{at}", self.at))

    def edit(self, path: Path, old: str, new: str, count: int = 1) -> None:
        """Replace text in a file, which has to be there."""
        text = path.read_text()
        assert old in text, f"{old!r} is not in {path.name}:\n{text}"
        path.write_text(text.replace(old, new, count))

    def run(self, *words: str, by: Person | None = None) -> Done:
        """Run a command of holdfast in this process."""
        out, err = io.StringIO(), io.StringIO()
        settings = self.environment | ({"HOLDFAST_KEY": self.key(by)} if by else {})
        code = main([*words, "--project", str(self.folder)], settings, out, err)
        return Done(code, out.getvalue(), err.getvalue())

    def must(self, *words: str, by: Person | None = None) -> Done:
        """Run a command, which must work."""
        done = self.run(*words, by=by)
        assert done.code == 0, f"holdfast {' '.join(words)}: {done.code}\n{done.out}{done.err}"
        return done

    def git(self, *words: str, by: Person = DANA, code: int = 0) -> str:
        """Run git as somebody."""
        return repositories.git(self.folder, *words, author=by.mail, code=code)

    def commit(self, by: Person, message: str) -> str:
        """Commit everything, and return the full id."""
        return repositories.commit(self.folder, None, by.mail, message=message)

    def head(self, name: str = "HEAD") -> str:
        """The full id of a commit."""
        return self.git("rev-parse", name)

    def execute(self, command: str, by: Person = DANA, *, verdict: str = "a", reason: str = "looked at it") -> Done:
        """Do what was printed, word for word: `git`, `rm FILE`, `holdfast`; a review is answered at a terminal."""
        words = shlex.split(command)
        assert words[0] in ("git", "holdfast", "rm"), f"nobody can run {command!r}"
        assert not re.search(r"\b[A-Z]{3,}\b|<|>|\.\.\.", command), f"there is a placeholder in {command!r}"
        if words[0] == "git":
            return Done(0, self.git(*words[1:], by=by), "")
        if words[0] == "rm":
            (self.folder / words[1]).unlink()
            return Done(0, "", "")
        if words[1] == "review":
            return self.review(words[1:], by, verdict=verdict, reason=reason)
        return self.run(*words[1:], by=by if by in (ADA, BEA) else None)

    def review(self, words: Sequence[str], by: Person, *, verdict: str = "a", reason: str = "looked at it") -> Done:
        """Go through a review, with one verdict for every screen, and sign; what the tool cannot prove is given up."""
        answers = {ASKED: verdict, WHY: f"{reason}\n", WHY_NOT: f"{reason}\n", UNTIL: f"{FAR}\n", SIGN: "y"}
        answers[REFUSED] = "q"
        if not self.has_terminal:
            out = io.StringIO()
            with answering(out, answers):
                code = main(
                    [*words, "--project", str(self.folder)],
                    self.environment | {"HOLDFAST_KEY": self.key(by)},
                    out,
                    out,
                )
            return Done(code, out.getvalue(), "")
        reader = Reader(self.folder, self.environment | {"HOLDFAST_KEY": self.key(by)}, *words)
        with reader:
            while question := reader.next_of(*answers):
                reader.press(answers[question])
            return Done(reader.end(), reader.text, "")


@contextmanager
def answering(shown: io.StringIO, answers: Mapping[str, str]) -> Iterator[None]:
    """Inside the block a command of this process has a keyboard: what is typed is decided by the question's end."""

    def read(ask: Callable[[], None]) -> str:
        ask()
        found = [answer for question, answer in answers.items() if shown.getvalue().endswith(question)]
        assert len(found) == 1, shown.getvalue()
        shown.write("" if len(found[0]) == 1 else found[0])
        return found[0].strip()

    with ExitStack() as patches:
        patches.enter_context(patch("holdfast.cli.commands.review.at_a_terminal", lambda: True))
        for room in ("reviewing", "review_desk"):
            for name in ("read_key", "read_answer"):
                patches.enter_context(patch(f"holdfast.cli.{room}.{name}", read))
        yield


def codes(done: Done) -> list[str]:
    """The codes of the findings that a command told, each once, sorted."""
    return sorted(set(_HEAD.findall(done.out)))


def told(done: Done) -> str:
    """`1 approval-removed change-unapproved`: the exit code, then the codes."""
    return " ".join([str(done.code), *codes(done)])


def commands(done: Done) -> list[str]:
    """The next commands that it printed, each once, in order."""
    return list(dict.fromkeys(_NEXT.findall(done.out + done.err)))
