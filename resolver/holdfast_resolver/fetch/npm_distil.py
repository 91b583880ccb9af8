"""A packument distilled: the bytes of the record that `npm_records.py` reads.

Knows the layout; what a packument means is the business of `registries`.
"""

from __future__ import annotations

from zlib import crc32

from holdfast_resolver.fetch.npm_lines import Stems, write_line
from holdfast_resolver.fetch.npm_records import (
    FULL,
    MAGIC,
    NO_LINE,
    NO_TIME,
    SHORT,
    SHORT_LINUX,
    TIME,
    milliseconds_of,
)
from holdfast_resolver.fetch.records import sealed
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.semver_keys import is_prerelease_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from holdfast_resolver.values.npm import NpmListing, NpmRelease


def distil_npm(
    listing: NpmListing,
    keys: list[str],
    *,
    fetched: int,
    fresh_for: int,
    etag: str = "",
    last_modified: str = "",
    full: bool = True,
) -> bytes:
    """Distil a packument. `keys[i]` is the key of `listing.releases[i]`; `full` tells the form it came in."""
    releases = listing.releases
    stems = Stems.of(listing)
    lines = [write_line(release, stems) for release in releases]
    form = FULL if full else SHORT_LINUX if _lacks_libc(releases) else SHORT
    return written(
        Stated(listing.name, fetched, fresh_for, etag, last_modified, form, listing.tags),
        keys,
        [release.version for release in releases],
        sum([1 << index for index, release in enumerate(releases) if release.deprecated]),
        lines,
        [milliseconds_of(release.published) if release.published else None for release in releases],
        [dict(release.engines) for release in releases],
        str(stems),
    )


class Stated(NamedTuple):
    """What a record says of the package as a whole."""

    name: str
    fetched: int  # unix seconds
    fresh_for: int  # seconds
    etag: str
    last_modified: str
    form: str
    tags: tuple[tuple[str, str], ...]


def written(
    stated: Stated,
    keys: Sequence[str],
    versions: Sequence[str],
    deprecated: int,
    lines: Sequence[str | None],
    times: Sequence[int | None],
    engines: Sequence[dict[str, str]],
    stems: str,
    rest: str = "",
) -> bytes:
    """Return the bytes of a record. All lists are in ascending order of releases; a line may be None with a `rest`."""
    body: list[bytes] = []
    spans: list[str] = []
    end = 0
    for text in reversed(lines):
        if text is None:
            spans.append(NO_LINE)
            continue
        fields = text.encode()
        line = b"%x\t%s\n" % (crc32(fields), fields)
        spans.append(f"{end:08x}{len(line):07x}")
        body.append(line)
        end += len(line)
    spans.reverse()
    name, fetched, fresh_for, etag, last_modified, form, tags = stated
    prereleases = sum([1 << index for index, key in enumerate(keys) if is_prerelease_key(key)])
    head = "\n".join(
        [
            "",
            "\t".join([name, str(fetched), str(fresh_for), _clean(etag), _clean(last_modified), form, rest]),
            " ".join(keys),
            " ".join(versions),
            f"{prereleases:x} {deprecated:x}",
            "\t".join([word for tag in tags for word in tag]),
            "".join(spans),
            "".join([NO_TIME if time is None else f"{time:0{TIME}x}" for time in times]),
            stems,
            *_engine_columns(engines),
            "",
            "",
        ]
    ).encode()
    return sealed(head, MAGIC) + b"".join(body)


def _engine_columns(engines: Sequence[dict[str, str]]) -> list[str]:
    columns: dict[tuple[str, str], int] = {}
    for index, ranges in enumerate(engines):
        if ranges:
            pair = ranges.get("node", ""), ranges.get("npm", "")
            if pair != ("", ""):
                columns[pair] = columns.get(pair, 0) | 1 << index
    return [f"{node}\t{npm}\t{mask:x}" for (node, npm), mask in columns.items()]


def _lacks_libc(releases: tuple[NpmRelease, ...]) -> bool:
    """Whether Linux is named and no libc anywhere: the abbreviated form of some registries leaves it out."""
    return any("linux" in release.os for release in releases) and not any(release.libc for release in releases)


def _clean(text: str) -> str:
    return " ".join(text.split()) if not text.isprintable() else text
