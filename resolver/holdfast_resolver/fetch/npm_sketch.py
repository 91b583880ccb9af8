"""A packument turned into a record that has lines for the releases that locks usually want, and no others.

Nine in ten releases of a large packument are never looked at; what they require is not even decoded. Their versions,
times, engines and deprecations are in the record all the same, so that choosing sees every release. Where one without a
line is chosen, `npm_rest.py` reads the kept answer.
"""

from holdfast_resolver.fetch.npm_distil import Stated
from holdfast_resolver.fetch.npm_press import Columns, Lines, Validity, by_key
from holdfast_resolver.fetch.npm_records import FULL, SHORT, SHORT_LINUX
from holdfast_resolver.registries.npm_manifest import UnusableManifestError
from holdfast_resolver.registries.npm_packument import tags_of
from holdfast_resolver.registries.npm_parts import FAULTS, Sketch, sketched, whole_manifest
from holdfast_resolver.versions.semver_keys import is_prerelease_key

_FEW = 32  # releases: then all lines are written
_NEWEST = 4  # releases of any kind that have a line
_NEWEST_STABLE = 8


def sketched_record(body: bytes, name: str, validity: Validity, full: bool, rest: int) -> bytes | None:
    """Return a record with some lines of the packument of `name`; None where it has to have all, or is unusual.

    `rest` is the CRC-32 of the answer as it arrived.
    """
    packument = sketched(body, name)
    if packument is None or packument.versions is None or len(packument.versions) <= _FEW:
        return None
    releases = by_key(packument.versions)
    if releases is None:
        return None
    tags = tags_of(packument.tags)
    order = sorted(releases, reverse=True)
    likely = _likely(order, releases, {version for _, version in tags})
    lines = Lines(name)
    columns = Columns(packument.time or {}, full)
    try:
        for key in order:
            raw, version, sketch = releases[key]
            try:
                ranges = lines.ranges(raw, sketch)
                text = lines.line(raw, version, whole_manifest(sketch))[0] if key in likely else None
            except UnusableManifestError:
                continue
            columns.add(key, raw, version, text, ranges, bool(sketch.deprecated))
    except FAULTS:  # a part that is decoded late is no JSON, or not of the usual shape
        return None
    form = FULL if columns.full else SHORT_LINUX if b'"linux"' in body and b'"libc"' not in body else SHORT
    return columns.record(Stated(name, *validity, form, tags), lines.stems(), f"{rest:08x}")


def _likely(order: list[str], releases: dict[str, tuple[str, str, Sketch]], tagged: set[str]) -> set[str]:
    """The keys of the releases that have a line; `order` is the newest first.

    The newest ones, the newest of each major (of 0.x of each minor), and those with a tag.
    """
    likely = set(order[:_NEWEST])
    heads = set()
    stable = 0
    for key in order:
        raw, version, _ = releases[key]
        if not is_prerelease_key(key):
            stable += 1
            major, minor, _ = version.split(".", 2)
            head = major if major != "0" else f"0.{minor}"
            if stable <= _NEWEST_STABLE or head not in heads:
                heads.add(head)
                likely.add(key)
        if raw != version or version in tagged:
            likely.add(key)
    return likely
