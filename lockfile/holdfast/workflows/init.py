"""Init: a configuration with the project's id and targets, and the first lock; from another tool's pins if asked.

With `--from`, nothing moves that need not: the other file's pins are preferences, their hashes are checked against
the index, and what moved all the same is listed with its reason. Never prints.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from holdfast.configuration.configuration import Configuration, Project
from holdfast.errors import UsageError
from holdfast.findings.finding import Finding
from holdfast.model.lock import Lock
from holdfast.workflows.lock import Locked, Order, Outcome, prepare
from holdfast.workflows.market import Market
from holdfast.workflows.port import CONFIGURATION, LOCK, Files
from holdfast.workflows.previous import Previous, Remembered
from holdfast_resolver.values.targets import Target
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: only `--from` needs it
    from holdfast.workflows.foreign import OtherLock

# The text of a fresh configuration with an id, for some targets.
Spell: TypeAlias = Callable[[str, Sequence[Target]], str]

ATTRIBUTES = ".gitattributes"
# What is signed is read as it was written, and a checkout with other line ends changes no approval.
_LINES = (f"{LOCK} text eol=lf", ".holdfast/** -text")


class Begun(NamedTuple):
    """What came of it. `written` are the files besides the lock that were, or would be, written."""

    outcome: Outcome
    written: tuple[str, ...]


def refuse_second(files: Files, configuration: Configuration, hint: str = "") -> None:
    """Raise `UsageError` in a project that has an id already; `hint` is what was meant then, if not `lock`."""
    if configuration.id:
        found = f"an id in {configuration.path}"
        raise UsageError("a project that is not begun yet", found, hint or "run `holdfast lock`")
    if files.read(CONFIGURATION) is not None:
        raise UsageError(
            f"no {CONFIGURATION} yet", "one without an id", 'add id = "..." (a UUID) to it, and run `holdfast lock`'
        )


def init(
    project: Project,
    previous: Previous,
    files: Files,
    market: Market,
    order: Order,
    identifier: str,
    spell: Spell,
    foreign: "OtherLock | None" = None,
) -> Begun:
    """Write configuration, `.gitattributes` and lock; the lock last, so that a killed run can be repeated.

    `identifier` is a fresh UUID; `spell` makes a configuration's text of it and the targets. Raises what resolving
    and writing raise.
    """
    remembered: tuple[Remembered, ...] = ()
    if foreign is not None:
        remembered = _remembered(project, previous, market, order, foreign)
    outcome = prepare(project, previous, market, order, foreign=remembered)
    if not isinstance(outcome, Locked):
        return Begun(outcome, ())
    if foreign is not None:
        outcome = outcome._replace(findings=outcome.findings + _moved(foreign, outcome.lock, market))
    texts = _texts(project, files, outcome, identifier, spell)
    if not order.dry_run:
        for name, text in texts.items():
            files.write(name, text.encode("utf-8", "surrogateescape"))
        if outcome.text:
            files.write(LOCK, outcome.text.encode())
    return Begun(outcome, tuple(texts))


def _remembered(
    project: Project, previous: Previous, market: Market, order: Order, foreign: "OtherLock"
) -> tuple[Remembered, ...]:
    # start-up: only with --from
    if not foreign.npm:
        from holdfast.workflows.foreign import remember

        return remember(foreign, project, previous, market.sources, order.today)
    if not project.npm:
        raise UsageError("a package.json beside the lock of its packages", "none")
    from holdfast.workflows.npm_foreign import remember_npm

    return remember_npm(foreign, market.npm)


def _moved(foreign: "OtherLock", lock: Lock, market: Market) -> tuple[Finding, ...]:
    """What could not be taken over as it stands."""
    # start-up: only with --from
    if foreign.npm:
        from holdfast.workflows.npm_foreign import moved_npm, unhashed_npm

        return moved_npm(foreign, lock, market.npm) + unhashed_npm(foreign, lock)
    from holdfast.workflows.moved import moved

    return moved(foreign, lock, market)


def _texts(project: Project, files: Files, outcome: Locked, identifier: str, spell: Spell) -> dict[str, str]:
    """The files to write besides the lock."""
    texts = {}
    if project.configuration.id:  # begun already: `--from` only takes the other file's pins
        return {}
    if project.configuration.path:  # `[tool.holdfast]` is there: one configuration, never two
        data = files.read(project.configuration.path)
        assert data is not None
        texts[project.configuration.path] = _with_id(data.decode(), identifier)
    else:
        texts[CONFIGURATION] = spell(identifier, outcome.lock.scope.targets)
    attributes = attributes_text(files.read(ATTRIBUTES) or b"")
    if attributes is not None:
        texts[ATTRIBUTES] = attributes
    return texts


def attributes_text(data: bytes) -> str | None:
    """Return `.gitattributes` with the lines of the lock and of the approvals; None where a line names each already."""
    lines = data.decode("utf-8", "surrogateescape").splitlines()
    named = [line.split()[:1] for line in lines]
    missing = [line for line in _LINES if line.split()[:1] not in named]
    return "".join(f"{line}\n" for line in [*lines, *missing]) if missing else None


def _with_id(text: str, identifier: str) -> str:
    """`[tool.holdfast]` with an id as its first key; every other byte as it was."""
    import tomlkit  # start-up: 60 ms, and only a project with a configuration of its own needs it

    document = tomlkit.parse(text)
    table = document["tool"]["holdfast"]
    header = "[tool.holdfast]"
    line = f'id = "{identifier}"\n'
    for place, written in enumerate(text.splitlines(keepends=True)):
        if written.split("#")[0].replace(" ", "").strip() == header:
            before = "".join(text.splitlines(keepends=True)[: place + 1])
            return before.rstrip("\n") + "\n" + line + text[len(before) :]
    table["id"] = identifier
    return tomlkit.dumps(document)
