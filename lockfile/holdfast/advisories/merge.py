"""Records about one thing, told apart from records about others: by id and by aliases, the latest of each id.

    GHSA-462w (alias CVE-2019-10906)   PYSEC-2019-217 (alias CVE-2019-10906)   ->   one group

Only `aliases` join: `related` and `upstream` are other things. Specification: OSV schema 1.7, "aliases field".
"""

from collections.abc import Iterable

from holdfast.advisories.values import MALICIOUS, Advisory

# Who speaks for a group: the first beginning that one of its records has; within one, the least id.
_SPEAKERS = (MALICIOUS, "GHSA-", "PYSEC-", "CVE-")


def standing(advisories: Iterable[Advisory]) -> tuple[Advisory, ...]:
    """Return the latest record of each id, without those that are withdrawn, sorted by id.

    Of a module registry and of all other places together each id is taken for itself: neither speaks for the other.
    """
    latest: dict[tuple[str, str], Advisory] = {}
    for advisory in advisories:
        key = (advisory.id, advisory.registry)
        known = latest.get(key)
        if known is None or _age(known) < _age(advisory):
            latest[key] = advisory
    return tuple([latest[key] for key in sorted(latest) if not latest[key].withdrawn])


def groups(advisories: Iterable[Advisory]) -> tuple[tuple[Advisory, ...], ...]:
    """Return the records in groups that speak of one thing, each led by its speaker; sorted by the speakers' ids."""
    parents: dict[str, str] = {}
    records = tuple(advisories)
    for record in records:
        for alias in record.aliases:
            parents[_root(parents, alias)] = _root(parents, record.id)
    together: dict[str, list[Advisory]] = {}
    for record in records:
        together.setdefault(_root(parents, record.id), []).append(record)
    return tuple(
        sorted([tuple(sorted(group, key=_rank)) for group in together.values()], key=lambda group: group[0].id)
    )


def ids_of(group: Iterable[Advisory]) -> tuple[str, ...]:
    """Return every id of a group, aliases included, sorted."""
    return tuple(sorted({name for record in group for name in (record.id, *record.aliases)}))


def is_malicious(group: Iterable[Advisory]) -> bool:
    """Whether a group says that a release does harm on purpose: a record of it, or an alias, begins with `MAL-`."""
    return any(name.startswith(MALICIOUS) for name in ids_of(group))


def _root(parents: dict[str, str], name: str) -> str:
    """The id that stands for all that are joined with `name`; the way to it gets shorter with each walk."""
    root = name
    while (above := parents.get(root, root)) != root:
        root = above
    while name != root:
        parents[name], name = root, parents.get(name, root)
    return root


def _age(advisory: Advisory) -> tuple[str, bool, Advisory]:
    return advisory.modified, bool(advisory.withdrawn), advisory


def _rank(advisory: Advisory) -> tuple[int, str, str]:
    place = next((at for at, word in enumerate(_SPEAKERS) if advisory.id.startswith(word)), len(_SPEAKERS))
    return place, advisory.id, advisory.registry
