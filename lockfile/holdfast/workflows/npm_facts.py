"""What is known of npm releases beside their bytes: when they were published, and under which licence they stand.

The date is the registry's word, from the full form of a packument; the licence is the release's own, from the
`package.json` in its tarball. Knows no file but those in the store.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from holdfast.model.lock import Pin
from holdfast.workflows.licences import spdx
from holdfast.workflows.npm_market import NpmMarket
from holdfast_resolver.errors import RegistryAnswerInvalid, RegistryError
from holdfast_resolver.fetch.index import Absent, ListingNeed
from holdfast_resolver.fetch.store import ArtifactStore
from holdfast_resolver.registries.faults import answer_of
from holdfast_resolver.registries.port import MIB
from holdfast_resolver.registries.tar_stream import TarStream

_MANIFEST = b"package.json"
LARGEST = 512 * MIB  # of a tarball that is looked into
LARGEST_MANIFEST = 8 * MIB


def published(pins: Iterable[Pin], market: NpmMarket) -> dict[tuple[str, str, str], str]:
    """Return when each release was published (RFC 3339, UTC), by (source, name, version), where that is said."""
    wanted = list(pins)
    index = market.index
    needs = {pin.name: ListingNeed(market.source_of(pin.name), pin.name, full=True) for pin in wanted}
    for need in needs.values():
        if index.listing(need.source, need.name, full=True) is None:
            index.ask(need)
    found = {}
    for pin in wanted:
        need = needs[pin.name]
        try:
            index.wait([need])
        except RegistryError:
            continue
        record = index.listing(need.source, need.name, full=True)
        if record is None or isinstance(record, Absent):
            continue
        place = record.table.index(pin.version)
        release = record.release(place) if place >= 0 else None
        if release is not None and release.published:
            found[pin[:3]] = release.published
    return found


def licence_of(pin: Pin, store: ArtifactStore) -> str:
    """Return the SPDX expression in the `package.json` of a tarball that is in the store; "" where there is none."""
    artifact = pin.artifacts[0]
    stream = store.open_verified(artifact.hash)
    if stream is None:
        return ""
    with stream:
        body = stream.read(LARGEST + 1)
    if len(body) > LARGEST:
        return ""
    try:
        with answer_of(pin.source, artifact.file, ""):
            manifest = _manifest(body)
    except RegistryAnswerInvalid:
        return ""
    try:
        document = json.loads(manifest)
    except ValueError:
        return ""
    licence = document.get("license", "") if isinstance(document, dict) else ""
    return spdx(licence) if isinstance(licence, str) else ""


def _manifest(body: bytes) -> bytes:
    """The bytes of `package.json` in the one folder of a tarball; the last one counts, as for npm."""
    found = b"{}"
    archive = TarStream(body)
    for member in archive.members():
        parts = member.name.removeprefix(b"./").split(b"/")
        if len(parts) == 2 and parts[1] == _MANIFEST and member.kind == b"0":
            found = archive.read(member, LARGEST_MANIFEST)
    return found
