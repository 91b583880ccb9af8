"""What is known of a change of a release besides its pins: when it was released, which kinds of files came and went.

Whatever is not known is "" or None, never a guess. Knows no cache and no clock.
"""

from holdfast.model.lock import Pin
from holdfast.model.source_change import Size, file_kinds
from holdfast_resolver.values.tuples import NamedTuple


class Released(NamedTuple):
    """When the pinned files of a release were uploaded: RFC 3339, UTC, to the second or finer; "" = not known."""

    first: str = ""
    last: str = ""


class CodeDelta(NamedTuple):
    """What the code of a release gains and loses against the release before, a line each; and what was not looked at.

    `lines` are None where not all code of the new release was looked at, or nobody asked. Where only the release before
    was not, they say what the new one has: "has network: pkg/x.py:41 via socket", not "gains".
    """

    lines: tuple[str, ...] | None = None
    unseen: tuple[str, ...] = ()  # why: "dates-3.2.0.tar.gz: the index answers 404"; and files that cannot be read
    absent: int = 0  # archives of either release that are not in the store, and that nobody tried to fetch


class ReleaseFacts(NamedTuple):
    """`files_added` and `files_removed` are pinned files of a kind (tags, sdist) that the other release has not."""

    released: Released = Released()  # of the new release
    files_added: tuple[str, ...] = ()
    files_removed: tuple[str, ...] = ()
    size: Size | None = None  # None where the two releases are not both at hand
    code: CodeDelta = CodeDelta()


def changed_files(before: Pin | None, after: Pin | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the files of a kind that only the new release has, and those of a kind that only the old one has.

    A new version has new file names: `tool-1.1-py3-none-any.whl` is what `tool-1.0-py3-none-any.whl` was.
    """
    olds, news = file_kinds(before), file_kinds(after)
    return (
        tuple([file for kind, file in news.items() if kind not in olds]),
        tuple([file for kind, file in olds.items() if kind not in news]),
    )
