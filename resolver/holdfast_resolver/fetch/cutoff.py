"""A listing without what was published too late: by `--exclude-newer`, or since it must first grow old.

Artifacts without an upload time are left out: nobody knows that they are old enough.
"""

from holdfast_resolver.fetch import records
from holdfast_resolver.fetch.records import Record
from holdfast_resolver.values.artifacts import Artifact, Listing
from holdfast_resolver.values.tuples import NamedTuple


class Withheld(NamedTuple):
    """A release of which no artifact is left. `upload_time` is its earliest, "" where one is not known."""

    version: str
    upload_time: str


class Cut(NamedTuple):
    """A record, and what is not in it any more, ascending by version."""

    record: Record
    withheld: tuple[Withheld, ...]


def cut(record: Record, until: str, aged: str = "", kept: frozenset[str] = frozenset()) -> Cut:
    """Return the record distilled again from the artifacts uploaded before `until` and before `aged`.

    Both are RFC 3339, UTC; "" = no limit. Versions in `kept` are left in whatever `aged` says.
    """
    artifacts: list[Artifact] = []
    withheld: list[Withheld] = []
    for index in range(record.table.count):
        offered = record.artifacts(index) or ()
        limit = until if record.table.versions[index] in kept else min(filter(None, (until, aged)), default="")
        left = [one for one in offered if not limit or (one.upload_time and one.upload_time < limit)]
        artifacts += left
        if offered and not left:
            uploads = [one.upload_time for one in offered]
            withheld.append(Withheld(record.table.versions[index], min(uploads)))
    data = records.distil(
        Listing(record.name, tuple(artifacts)),
        fetched=record.fetched,
        fresh_for=record.fresh_for,
    )
    again = records.parse(data)
    if again is None:
        raise AssertionError("a record that was just made is whole")
    return Cut(again, tuple(withheld))
