"""Names that a person gives must be of packages in the lock. Loaded only where names are given."""

from collections.abc import Callable, Container, Iterable

from holdfast.errors import LockMissing, UsageError
from holdfast.model.lock import Pin
from holdfast.workflows.port import LOCK
from holdfast.workflows.previous import Previous, Remembered
from holdfast_resolver.values.names import normalize_name
from holdfast_resolver.values.tuples import NamedTuple


class Named(NamedTuple):
    """Locked packages that a person named."""

    names: frozenset[str] = frozenset()  # of Python packages and modules
    npm: frozenset[str] = frozenset()


def nothing(name: str) -> str:
    """What a name is besides a package of the lock: nothing."""
    return ""


def locked_names(words: Iterable[str], previous: Previous, told: Callable[[str], str] = nothing) -> Named:
    """Return the locked packages that words name: `click`, `npm:lodash.merge`, `@acme/guards`.

    A name alone means the package of each source that has one of the name. Raises `LockMissing`, and `UsageError` for a
    name that is not locked, with what it is else by `told`, or the nearest that are.
    """
    if previous.data is None:
        raise LockMissing(LOCK)
    plain, npm = _by_name(previous.remembered), _by_name(previous.npm)
    found: tuple[set[str], set[str]] = (set(), set())
    for word in words:
        source, colon, rest = word.rpartition(":")
        known_to_lock = False
        for names, known in zip(found, (plain, npm), strict=True):
            name = spelled(rest, known)
            if name in known and (not colon or source in known[name]):
                names.add(name)
                known_to_lock = True
        if not known_to_lock:
            _refuse(word, spelled(word, {}), set() if colon else {*plain, *npm}, told)
    return Named(frozenset(found[0]), frozenset(found[1]))


def locked_words(words: Iterable[str], pins: Iterable[Pin], told: Callable[[str], str] = nothing) -> tuple[str, ...]:
    """Return words as the lock spells them: `Click` -> `click`, `pypi:Click` -> `pypi:click`, in their order.

    Raises `UsageError` for one that means no pin, with what it is else by `told`, or the nearest names.
    """
    plain, full = set(), set()
    for pin in pins:
        plain.add(pin.name)
        full.add(f"{pin.source}:{pin.name}")
    found = []
    for word in words:
        source, colon, rest = word.rpartition(":")
        name = source + colon + spelled(rest, plain)
        known = full if colon else plain
        if name not in known:
            _refuse(word, name, known, told)
        found.append(name)
    return tuple(found)


def spelled(word: str, known: Container[str]) -> str:
    """Return a name as it is locked: npm's as it is, any other normalised; what stands before ":" is left out.

    >>> spelled("lodash.merge", {"lodash.merge"}), spelled("Ruamel.Yaml", {"ruamel-yaml"})
    ('lodash.merge', 'ruamel-yaml')
    """
    name = word.rpartition(":")[2]
    return name if name in known or name.startswith("@") else normalize_name(name)


def _by_name(pins: Iterable[Remembered]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for pin in pins:
        found.setdefault(pin.name, set()).add(pin.source)
    return found


def refuse_unlocked(names: Iterable[str], known: set[str], told: Callable[[str], str] = nothing) -> None:
    """Raise `UsageError` for a name that is not among the locked ones."""
    for name in sorted(names):
        if name not in known:
            _refuse(name, name, known, told)


def _refuse(word: str, name: str, known: set[str], told: Callable[[str], str]) -> None:
    """Refuse a name, in the words in which it was given; `npm:debug@4.4.3` has a version too much."""
    plain, at, version = word.rpartition("@")
    if plain in known and at and version:
        raise UsageError("the name of a locked package, without a version", word, f"did you mean {plain}?")
    raise UsageError("the name of a locked package", word, told(name) or near(name, known))


def near(name: str, known: Iterable[str]) -> str:
    """Return `did you mean click?`, or "" when nothing is near."""
    from difflib import get_close_matches

    found = get_close_matches(name, sorted(known), 3, 0.6)
    if not found:
        return ""
    return f"did you mean {found[0]}?" if len(found) == 1 else f"did you mean one of {', '.join(found)}?"
