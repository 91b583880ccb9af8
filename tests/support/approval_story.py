"""Changes over a history: each made on a branch by somebody, judged, settled by the commands that were printed, merged.

    story = Story(team)
    story.play(Change("a new release", DANA, update("tool"), check="1 change-unapproved",
                      next={"holdfast review tool": approved_by(ADA)}))

`check` and `check --base MAIN` are told as `1 code code`. Every command that they print has to be in `next` and is
executed, and what it does is asserted by what stands beside it. In the keys MAIN is the full id of the base, ACT the
name of an approval. Afterwards the branch is merged, or it is dropped and everybody's registry is put back.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Generic, NamedTuple, TypeVar

from tests.support.project import Done
from tests.support.story_team import ADA, DANA, Person, Team, commands, told

_ACT = re.compile(r"\b[0-9a-f]{64}\b")
T = TypeVar("T", bound="Stage")
Then = Callable[[Team, str], None]


class Stage(Team):
    """A team, and the registries that they use."""

    def kept(self) -> object:
        """What the registries are now."""
        return None

    def put_back(self, kept: object) -> None:
        """Make them what they were."""


class Round(NamedTuple):
    """What the checks say after that, and what is done then."""

    check: str
    next: dict[str, Then]
    base: str = ""


class Change(NamedTuple, Generic[T]):
    """A row. `lock`, `check`, `base`, `end`: `1 code code`; `base` "" is as `check`; `lock` "": no command was run."""

    what: str
    who: Person
    do: Callable[[T], Done | None]
    check: str
    base: str = ""
    next: dict[str, Then] = {}  # noqa: RUF012  (never written to)
    lock: str = ""
    told: dict[str, Then] = {}  # noqa: RUF012  (what `lock` prints)
    more: tuple[Round, ...] = ()
    end: str = "0"  # of both checks, when all that was printed is done; `based` where that by the base is another
    based: str = ""
    merged: bool = True


class Story(Generic[T]):
    """Plays rows over one history; `main` is the protected branch."""

    def __init__(self, stage: T) -> None:
        self.stage = stage
        self.number = 0

    def play(self, change: Change[T]) -> None:
        """Make the change, see it judged, do what is printed, and end it."""
        stage = self.stage
        self.number += 1
        with _said(f"{self.number}. {change.what} ({change.who.name})"):
            base, kept = stage.head("main"), stage.kept()
            stage.git("checkout", "--quiet", "-b", f"change-{self.number}")
            done = change.do(stage)
            if done is not None:
                assert told(done) == change.lock, f"lock: {told(done)}\n{done.out}{done.err}"
                _do(stage, commands(done), change.told, base)
            stage.commit(change.who, change.what)
            for one in (Round(change.check, change.next, change.base), *change.more):
                printed = self._judged(base, one.check, one.base or one.check)
                _do(stage, printed, one.next, base)
            self._judged(base, change.end, change.based or change.end)
            self._end(change)
            if not change.merged:
                stage.put_back(kept)

    def play_all(self, changes: Iterable[Change[T]]) -> None:
        """Play rows one after the other."""
        for change in changes:
            self.play(change)

    def _judged(self, base: str, alone: str, based: str) -> list[str]:
        """Both checks say what they should; return what they print."""
        plain, judged = self.stage.run("check"), self.stage.run("check", "--base", base)
        assert told(plain) == alone, f"check: {told(plain)}\n{plain.out}{plain.err}"
        assert told(judged) == based, f"check --base: {told(judged)}\n{judged.out}{judged.err}"
        return list(dict.fromkeys([*commands(plain), *commands(judged)]))

    def _end(self, change: Change[T]) -> None:
        stage = self.stage
        stage.commit(ADA, f"approvals: {change.what}")
        branch = f"change-{self.number}"
        stage.git("checkout", "--quiet", "main")
        if change.merged:
            stage.git("merge", "--quiet", "--no-ff", "--no-edit", branch)
            assert told(stage.run("check")) == change.end


def _do(stage: Stage, printed: list[str], meant: dict[str, Then], base: str) -> None:
    """Execute the printed commands in the order in which the row has them: all of them, and no others."""
    found: dict[str, list[str]] = {}
    for command in printed:
        found.setdefault(_ACT.sub("ACT", command.replace(base, "MAIN")), []).append(command)
    assert sorted(found) == sorted(meant), f"printed: {sorted(found)}"
    for key, then in meant.items():
        for command in found[key]:
            with _said(command):
                then(stage, command)


@contextmanager
def _said(what: str) -> Iterator[None]:
    """Say of a failure where it was."""
    try:
        yield
    except AssertionError as error:
        error.add_note(f"in: {what}")
        raise


def approved_by(*people: Person) -> Then:
    """They look at it one after the other, approve and sign; the last one settles it."""

    def then(team: Team, command: str) -> None:
        for number, person in enumerate(people, 1):
            before = team.acts
            done = team.execute(command, person)
            assert len(team.acts) == len(before) + 1, done.out
            settled = ": approved\n" in done.out
            assert (settled, done.code in (0, 1)) == (number == len(people), True), done.out

    return then


def rejected_by(person: Person, reason: str) -> Then:
    """Somebody looks at it and says no; `check` then says why."""

    def then(team: Team, command: str) -> None:
        done = team.execute(command, person, verdict="r", reason=reason)
        assert done.code == 1, done.out
        assert f"rejected: {reason}\n" in done.out
        assert reason in team.run("check").out

    return then


def ruled(by: Person, *names: str) -> Then:
    """A key of the role `rule` signs what a rule describes; then the printed review has nothing left to ask."""

    def then(team: Team, command: str) -> None:
        done = team.must("approve", "--by-rule", by=by)
        for name in names:
            assert f"{name}: approved\n" in done.out
        done = team.execute(command, ADA)
        assert (done.code, "waits for nothing" in done.out) == (0, True), done.out

    return then


def refused(by: Person, *words: str, code: int = 1) -> Then:
    """Somebody would approve it, and the tool does not sign what it could not prove."""

    def then(team: Team, command: str) -> None:
        before = team.acts
        done = team.execute(command, by)
        assert done.code == code, done.out
        for text in ("nothing was signed", *words):
            assert text in done.out, done.out
        assert team.acts == before

    return then


def each(*parts: Then) -> Then:
    """One thing after the other."""

    def then(team: Team, command: str) -> None:
        for part in parts:
            part(team, command)

    return then


def says(code: int, *words: str, by: Person = DANA) -> Then:
    """It only tells: it ends with this code and says these words, and changes nothing."""

    def then(team: Team, command: str) -> None:
        before = team.git("status", "--porcelain")
        done = team.execute(command, by)
        assert done.code == code, done.out + done.err
        for text in words:
            assert text in done.out + done.err, done.out + done.err
        assert team.git("status", "--porcelain") == before

    return then


def does(*words: str, by: Person = DANA, code: int = 0) -> Then:
    """It mends something; it ends with this code and says these words."""

    def then(team: Team, command: str) -> None:
        before = team.git("status", "--porcelain")
        done = team.execute(command, by)
        assert done.code == code, done.out + done.err
        for text in words:
            assert text in done.out + done.err, done.out + done.err
        assert team.git("status", "--porcelain") != before, "nothing has changed"

    return then


def restored(team: Team, command: str) -> None:
    """git brings back what the base has."""
    before = team.git("status", "--porcelain")
    team.execute(command)
    assert team.git("status", "--porcelain") != before, "nothing has changed"


def maybe_restored(team: Team, command: str) -> None:
    """git would bring back what the base has; something else may have done so before."""
    team.execute(command)
