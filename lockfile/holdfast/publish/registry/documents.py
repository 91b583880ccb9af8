"""A module's index document: its releases as the registry's online key signs for them.

    {"format": 1, "critical": [], "name": "@acme/guards", "releases": [{"version": "2.1.0", "file": ...}, ...]}

Writing is canonical (RFC 8785), releases ascend, and what was written is read again. Authorship is not in it: that is
in the publishers' envelopes that it carries. Knows the document's form; no files, no keys.
"""

from collections.abc import Callable, Iterable

from holdfast.publish.registry.errors import RegistryDamaged, ReleaseUnknown
from holdfast.trust.strict_json import canonical
from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.registries.modules import read_index_document
from holdfast_resolver.values.modules import ModuleListing, ModuleRelease
from holdfast_resolver.versions.semver import SEMVER

_SHA256 = "sha256:"


def read_index(data: bytes, name: str, path: str) -> ModuleListing:
    """Read a module's index document, strictly. Raises `RegistryDamaged`."""
    try:
        return read_index_document(data, name, "registry", path)
    except RegistryAnswerInvalid as error:
        raise RegistryDamaged(path, error.detail) from None


def write_index(listing: ModuleListing) -> bytes:
    """Return a module's index document, releases in order. Raises `RegistryDamaged` for what a reader would refuse."""
    releases = tuple(sorted(listing.releases, key=lambda one: (SEMVER.key(one.version), one.version)))
    document = {
        "format": 1,
        "critical": [],
        "name": listing.name,
        "releases": [_row(release) for release in releases],
    }
    data = canonical(document)
    if read_index(data, listing.name, listing.name) != ModuleListing(listing.name, releases):
        raise RegistryDamaged(listing.name, "its index document does not read back as it was written")
    return data


def find_release(listing: ModuleListing | None, name: str, version: str) -> ModuleRelease:
    """Return a release. Raises `ReleaseUnknown`."""
    releases = listing.releases if listing else ()
    for release in releases:
        if release.version == version:
            return release
    raise ReleaseUnknown(name, version, tuple(release.version for release in releases))


def add_releases(listing: ModuleListing | None, name: str, new: Iterable[ModuleRelease]) -> ModuleListing:
    """Return a listing with further releases."""
    return ModuleListing(name, (*(listing.releases if listing else ()), *new))


def edit_release(
    listing: ModuleListing | None, name: str, version: str, change: Callable[[ModuleRelease], ModuleRelease]
) -> ModuleListing:
    """Return a listing in which one release is another. Raises `ReleaseUnknown`."""
    old = find_release(listing, name, version)
    releases = listing.releases if listing else ()
    return ModuleListing(name, tuple(change(old) if release is old else release for release in releases))


def _row(release: ModuleRelease) -> dict[str, object]:
    return {
        "version": release.version,
        "file": release.file,
        "size": release.size,
        "sha256": release.archive.removeprefix(_SHA256),
        "tree": release.tree.removeprefix(_SHA256),
        "dependencies": dict(release.dependencies),
        "permissions": list(release.permissions),
        "privileged": release.privileged,
        "published": release.published,
        "yanked": release.yanked,
        "publisher": release.publisher,
        "envelopes": list(release.envelopes),
        "vetted": list(release.vetted),
        "report": release.report.removeprefix(_SHA256),
    }
