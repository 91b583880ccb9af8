"""On whom a lock relies: a table for people, and JSON.

publisher   signs       in part  reach        id
acme/tool      10  11%        1     34   39%  github:101/.github/workflows/release.yml
(unsigned)     76  86%        1     88  100%

signs: packages of 88; reach: these and all that depend on them
"""

from holdfast.model.graph import LockGraph
from holdfast.model.reliance import Reliance, Reliances
from holdfast.reports.plain import plain
from holdfast.reports.port import SCHEMA
from holdfast.reports.tree import identity

_UNSIGNED = "(unsigned)"  # no label of a signer: those are names of repositories, addresses and what a key is called
_HEAD = ("publisher", "signs", "", "in part", "reach", "", "id")
_NUMBERS = frozenset((1, 2, 3, 4, 5))  # columns that end together
_PARTLY = 3


def render_text(found: Reliances) -> str:
    """Return the table with a final newline, what is unsigned last; "" for a lock without packages."""
    if not found.every:
        return ""
    rows = [_row(one, found.every) for one in found.publishers]
    if found.unsigned.packages or found.unsigned.partly:
        rows.append(_row(found.unsigned, found.every))
    partly = any(row[_PARTLY] for row in rows)
    columns = [column for column in range(len(_HEAD)) if column != _PARTLY or partly]
    table = [[row[column] for column in columns] for row in (_HEAD, *rows)]
    widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
    lines = [
        "  ".join(
            text.rjust(width) if column in _NUMBERS else text.ljust(width)
            for text, width, column in zip(row, widths, columns, strict=True)
        ).rstrip()
        for row in table
    ]
    remark = f"signs: packages of {found.every}; reach: these and all that depend on them"
    return "\n".join([*lines, "", remark]) + "\n"


def render_json(graph: LockGraph, found: Reliances, command: str) -> str:
    """Return one JSON document: publishers with their packages, and what is unsigned; shares between 0 and 1."""
    from holdfast.reports.findings_json import write  # start-up: json is not needed for the text

    def value(one: Reliance) -> dict[str, object]:
        return {
            "packages": [identity(graph, place) for place in one.packages],
            "partly": [identity(graph, place) for place in one.partly],
            "share": _share(one.packages, found.every),
            "reach": len(one.reach),
            "reach-share": _share(one.reach, found.every),
        }

    publishers = [
        {"id": one.publisher.id, "label": one.publisher.label, "attributes": dict(one.publisher.attributes)}
        | value(one)
        for one in found.publishers
        if one.publisher is not None
    ]
    return write(
        {
            "version": SCHEMA,
            "command": command,
            "packages": found.every,
            "publishers": publishers,
            "unsigned": value(found.unsigned),
        }
    )


def _row(one: Reliance, every: int) -> tuple[str, ...]:
    publisher = one.publisher
    return (
        _UNSIGNED if publisher is None else plain(publisher.label),
        str(len(one.packages)),
        _percent(len(one.packages), every),
        str(len(one.partly) or ""),
        str(len(one.reach)),
        _percent(len(one.reach), every),
        "" if publisher is None else plain(publisher.id),
    )


def _percent(number: int, every: int) -> str:
    """`39%`; nothing is rounded to none or to all: `<1%`, `>99%`."""
    rounded = round(100 * number / every)
    if rounded == 0 and number:
        return "<1%"
    return ">99%" if rounded == 100 and number < every else f"{rounded}%"


def _share(places: tuple[int, ...], every: int) -> float:
    return round(len(places) / every, 4) if every else 0.0
