"""Yanking: a release stays for those who have it locked, and is never chosen anew. Undone by `unyank`."""

from holdfast.errors import UsageError
from holdfast.publish.registry.desk import Desk
from holdfast.publish.registry.documents import edit_release, write_index
from holdfast.publish.registry.layout import index_target


def yank(desk: Desk, name: str, version: str, reason: str) -> dict[str, int]:
    """Mark a release as yanked for a reason; return what was written, with its sizes.

    Raises `ReleaseUnknown`, `UsageError` for a reason that is not one line of text.
    """
    if not reason.strip() or not reason.isprintable():
        raise UsageError("one line that says why, for --reason", ascii(reason))
    return _mark(desk, name, version, reason)


def unyank(desk: Desk, name: str, version: str) -> dict[str, int]:
    """Take the mark off a release; return what was written, with its sizes. Raises `ReleaseUnknown`."""
    return _mark(desk, name, version, None)


def _mark(desk: Desk, name: str, version: str, reason: str | None) -> dict[str, int]:
    with desk.change() as change:
        old = change.state.listing(name)
        new = edit_release(old, name, version, lambda release: release._replace(yanked=reason))
        if new == old:
            return {}
        change.put(index_target(name), write_index(new))
        return change.commit(desk.keys)
