"""What is known of a release in words: its age, the files that came and went, the size of the change.

released 2026-11-03, 18 days ago
1 file added: tool-1.1-cp313-cp313-win_amd64.whl; 1 removed: tool-1.0.tar.gz
3 files changed, 1 added, 0 removed; +12 -3 lines (tool-1.1-py3-none-any.whl)
gains network: tool/_report.py:41 via socket.create_connection

Where nothing is known nothing is said. Knows no clock: `now` comes in.
"""

from datetime import datetime

from holdfast.model.release_facts import CodeDelta, Released, ReleaseFacts
from holdfast.reports.plain import plain
from holdfast.reports.source_difference import size_in_words

_SHOWN = 3  # names of files
_DAY = 86_400  # seconds


def lines_of_facts(facts: ReleaseFacts, now: str) -> list[str]:
    """Return the lines, () for a release of which nothing is known. `now` is RFC 3339 in UTC."""
    said = (
        age_in_words(facts.released, now),
        files_in_words(facts.files_added, facts.files_removed),
        size_in_words(facts.size) if facts.size else "",
        *[plain(line) for line in facts.code.lines or ()],
        *[f"code not looked at: {plain(line)}" for line in facts.code.unseen],
    )
    return [one for one in said if one]


def unseen_in_words(code: CodeDelta) -> tuple[str, ...]:
    """Return why code was not looked at, a line each: `dates-3.2.0.tar.gz: the index answers 404`."""
    if not code.absent:
        return code.unseen
    return (
        *code.unseen,
        "1 archive is not in the store" if code.absent == 1 else f"{code.absent} archives are not in the store",
    )


def age_in_words(released: Released, now: str) -> str:
    """`released 2026-11-03, 18 days ago`, with the newest file where that came more than a day later; "" = not known.

    A file that is added to an old release is as young as it is, whatever the release says.
    """
    days = age_in_days(released.first, now)
    if days is None:
        return ""
    said = f"released {plain(released.first[:10])}, {_ago(days)}"
    last = age_in_days(released.last, now)
    if last is not None and last < days:
        said += f"; its newest file {plain(released.last[:10])}, {_ago(last)}"
    return said


def age_in_days(instant: str, now: str) -> int | None:
    """Return the whole days between an instant and `now`, 0 for one to come; None for what is no instant."""
    try:
        seconds = (datetime.fromisoformat(now) - datetime.fromisoformat(instant)).total_seconds()
    except (ValueError, TypeError):  # an index may say anything
        return None
    return max(0, int(seconds // _DAY))


def _ago(days: int) -> str:
    return "today" if days == 0 else f"{days} day{'' if days == 1 else 's'} ago"


def files_in_words(added: tuple[str, ...], removed: tuple[str, ...]) -> str:
    """`2 files added: a.whl, b.whl; 1 removed: c.tar.gz`, at most three names of each; "" for none."""
    said: list[str] = []
    for verb, files in (("added", added), ("removed", removed)):
        if files:
            noun = "" if said else " file" if len(files) == 1 else " files"
            more = f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else ""
            said.append(f"{len(files)}{noun} {verb}: {plain(', '.join(files[:_SHOWN]))}{more}")
    return "; ".join(said)


def facts_value(facts: ReleaseFacts, now: str) -> dict[str, object]:
    """Return the facts for JSON: `released`, `newest_file`, `age_days`, `files`, `size`, `capabilities`, `unseen`.

    What is not known is null.
    """
    size = facts.size
    return {
        "released": facts.released.first or None,
        "newest_file": facts.released.last or None,
        "age_days": age_in_days(facts.released.first, now),
        "files": {"added": list(facts.files_added), "removed": list(facts.files_removed)},
        "size": None
        if size is None
        else {
            "file": size.file,
            "files_added": size.added,
            "files_removed": size.removed,
            "files_changed": size.changed,
            "lines_added": size.lines_added,
            "lines_removed": size.lines_removed,
        },
        "capabilities": None if facts.code.lines is None else list(facts.code.lines),
        "unseen": list(unseen_in_words(facts.code)),
    }
