"""`--exclude-newer`: a listing as it was at an instant. Artifacts without an upload time are left out."""

from holdfast_resolver.fetch import records
from holdfast_resolver.fetch.records import Record
from holdfast_resolver.values.artifacts import Listing


def cut(record: Record, until: str) -> Record:
    """Return the record distilled again from the artifacts uploaded before `until` (RFC 3339, UTC)."""
    artifacts = [artifact for index in range(record.table.count) for artifact in record.artifacts(index) or ()]
    data = records.distil(
        Listing(record.name, tuple(artifacts)),
        fetched=record.fetched,
        fresh_for=record.fresh_for,
        until=until,
    )
    again = records.parse(data)
    if again is None:
        raise AssertionError("a record that was just made is whole")
    return again
