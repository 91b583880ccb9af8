"""The source difference of a package that waits, as lines: each pair of files that is compared, and what is not.

Knows who fetches; compares nothing itself.
"""

from holdfast.cli.fetched_archives import FetchedArchives, Unavailable
from holdfast.model.lock import Pin, PinnedArtifact
from holdfast.model.review import ReleaseChange, ReviewItem
from holdfast.model.source_change import artifact_pairs
from holdfast.reports.plain import plain
from holdfast.reports.review_screen import title_of
from holdfast.reports.source_difference import render_lines
from holdfast.trust.errors import ArchiveRefused
from holdfast.workflows.line_difference import Budget
from holdfast.workflows.source_difference import Archive, compare_archives

_NAMED = 5  # files that are not compared


def difference_lines(item: ReviewItem, archives: FetchedArchives, colour: bool) -> list[str]:
    """Return what differs between the files of the releases of a package, and why where that cannot be said."""
    lines = [f"source difference of {title_of(item)}"]
    for release in item.releases:
        compared: set[str] = set()
        budget = Budget()
        for old, new in artifact_pairs(release.before, release.after):
            compared.update([one.file for one in (old, new) if one is not None])
            lines.extend(("", *_pair(release, old, new, archives, budget, colour)))
        lines.extend(_others(release, compared))
    return lines


def _pair(
    release: ReleaseChange,
    old: PinnedArtifact | None,
    new: PinnedArtifact | None,
    archives: FetchedArchives,
    budget: Budget,
    colour: bool,
) -> list[str]:
    names = plain(" -> ".join(dict.fromkeys([one.file for one in (old, new) if one is not None])))
    if old is not None and new is not None and old.hash == new.hash:
        return [f"{names}: the same bytes"]
    before, after = _fetched(archives, release.before, old), _fetched(archives, release.after, new)
    if isinstance(before, Unavailable) or isinstance(after, Unavailable):
        said = [
            f"{artifact.file} cannot be had: {one.reason}"
            for one, artifact in ((before, old), (after, new))
            if isinstance(one, Unavailable) and artifact is not None
        ]
        return [f"{names}: not compared", *[plain(f"  {line}") for line in said]]
    try:
        return render_lines(compare_archives(before, after, budget), colour)
    except ArchiveRefused as error:
        entry = f"{error.entry}: " if error.entry else ""
        return [f"{names}: refused, and not compared", plain(f"  {entry}{error.reason}")]


def _fetched(
    archives: FetchedArchives, pin: Pin | None, artifact: PinnedArtifact | None
) -> Archive | Unavailable | None:
    return None if pin is None or artifact is None else archives.fetch(pin, artifact)


def _others(release: ReleaseChange, compared: set[str]) -> list[str]:
    pin = release.after or release.before
    files = [one.file for one in pin.artifacts if one.file not in compared] if pin is not None else []
    if not files:
        return []
    more = f" and {len(files) - _NAMED} more" if len(files) > _NAMED else ""
    noun = "file is" if len(files) == 1 else "files are"
    return ["", f"{len(files)} more pinned {noun} not compared: {plain(', '.join(files[:_NAMED]))}{more}"]
