"""Install: every locked module is fetched, proved to be what was locked and signed, and handed over to be unpacked.

Law 1: nothing is unpacked unless everything holds: the registry's state, its revocation list (a stale one is refused),
       the signers that the lock names, the archive's digest, its own manifest, and the tree digest. There is no way to
       install a part of it.
Law 2: `verify` asks the same questions, and goes on to the next module where one is refused.

Knows no file and no socket: bytes come in through a function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from holdfast.configuration.configuration import Configuration
from holdfast.errors import Undecided
from holdfast.model.lock import Lock, ModuleFacts, Pin
from holdfast.model.signers import canonical_ids, publishers
from holdfast.policy.decisions import requires_signature
from holdfast.trust.archive import read_archive, tree_of
from holdfast.trust.errors import ArchiveRefused, RegistryStale, SignatureNotFound, Tampered, ThresholdUnmet, TrustError
from holdfast.trust.revocations import DOCUMENT
from holdfast.trust.tree import tree_digest
from holdfast.trust.unpacked import Unpacked
from holdfast.trust.verify_module import check_manifest, verify_module
from holdfast.workflows.module_market import ModuleMarket
from holdfast.workflows.module_pins import ModulePin, module_pins
from holdfast.workflows.module_trust import trusted_keys
from holdfast.workflows.port import LOCK
from holdfast_resolver.errors import ManifestError, RegistryError
from holdfast_resolver.manifests.module_toml import check_exports, read_module_manifest
from holdfast_resolver.values.modules import MANIFEST, ModuleRelease
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.semver import SEMVER

# Gives the archive of a pin, whose digest it has checked.
Fetch: TypeAlias = Callable[[Pin], bytes]


class Judged(NamedTuple):
    """What the registries say now of locked modules. Each pin is in just one of the three."""

    releases: dict[str, ModuleRelease]  # of those whose signers hold, by name
    refused: tuple[tuple[Pin, TrustError], ...]
    failed: tuple[tuple[Pin, RegistryError], ...]  # could not be asked


def prepare_install(lock: Lock, configuration: Configuration, market: ModuleMarket, fetch: Fetch) -> Iterator[Unpacked]:
    """Verify the signers of all locked modules, then give each, verified and ready to be unpacked, one at a time.

    Raises `TrustError` for the first that does not hold, `RegistryError` for what cannot be had, `Undecided` where the
    configuration no longer fits the lock; for signers at once, for archives when it comes to them.
    """
    releases = verify_pins(lock, configuration, market)
    return (unpack(pin, facts, releases[pin.name], fetch(pin)) for pin, facts in module_pins(lock))


def verify_pins(lock: Lock, configuration: Configuration, market: ModuleMarket) -> dict[str, ModuleRelease]:
    """Verify anew the signers of all locked modules by the registries' current word; return their releases.

    Raises as `prepare_install`, among them `RegistryStale` for a revocation list whose time is over.
    """
    judged = judge_pins(lock, module_pins(lock), configuration, market)
    for _, refusal in judged.refused:
        raise refusal
    for _, failure in judged.failed:
        raise failure
    return judged.releases


def judge_pins(lock: Lock, pins: Iterable[ModulePin], configuration: Configuration, market: ModuleMarket) -> Judged:
    """Return what holds of these pins, what is refused, and what could not be asked; see `verify_pins`."""
    by_source: dict[str, list[ModulePin]] = {}
    for pin, facts in pins:
        _refuse_moved(lock, pin, configuration, market)
        by_source.setdefault(pin.source, []).append((pin, facts))
    releases: dict[str, ModuleRelease] = {}
    refused: list[tuple[Pin, TrustError]] = []
    failed: list[tuple[Pin, RegistryError]] = []
    for source, own in by_source.items():
        try:
            listed = market.revocations(source)
            if listed.is_stale(market.now):
                raise RegistryStale(source, DOCUMENT, f"expired at {listed.expires}")
            listings = market.listings([pin.name for pin, _ in own])
        except TrustError as error:
            refused += [(pin, error) for pin, _ in own]
            continue
        except RegistryError as error:
            failed += [(pin, error) for pin, _ in own]
            continue
        for pin, facts in own:
            listing = listings[pin.name]
            try:
                releases[pin.name] = _judge(pin, facts, listing.releases if listing else (), configuration, market)
            except TrustError as error:
                refused.append((pin, error))
    return Judged(releases, tuple(refused), tuple(failed))


def unpack(pin: Pin, facts: ModuleFacts, release: ModuleRelease, archive: bytes) -> Unpacked:
    """Return a locked module from its archive, whose digest was checked; `release` was verified.

    Raises `ArchiveRefused`, `Tampered`.
    """
    subject = f"{pin.name} {pin.version}"
    try:
        contents = read_archive(archive)
    except ArchiveRefused as error:
        raise ArchiveRefused(f"{subject} {error.entry}".rstrip(), error.reason) from None
    _same(subject, "tree", facts.tree, tree_digest(tree_of(contents)))
    text = next((file.data for file in contents if file.path == MANIFEST), b"")
    try:
        manifest = read_module_manifest(text)
        check_exports(text, manifest, [file.path for file in contents])
    except ManifestError as error:
        raise Tampered(subject, MANIFEST, error.expected, error.found) from None
    check_manifest(pin.name, release, manifest)
    _same(subject, "permissions", _listed(facts.permissions), _listed(manifest.permissions))
    _same(subject, "privileged", str(facts.privileged), str(manifest.privileged))
    return Unpacked(pin.name, pin.version, facts.tree, contents)


def _judge(
    pin: Pin,
    facts: ModuleFacts,
    releases: tuple[ModuleRelease, ...],
    configuration: Configuration,
    market: ModuleMarket,
) -> ModuleRelease:
    """Verify that a release is still what was locked, and its signers those whom the lock names."""
    subject = f"{pin.name} {pin.version}"
    found = next((one for one in releases if one.version == pin.version), None)
    if found is None:
        raise Tampered(subject, "the release that is locked,", pin.artifacts[0].hash, f"none in {pin.source}")
    verified = verify_module(
        pin.name,
        found,
        publishers=market.publishers(pin.source),
        trusted=trusted_keys(configuration),
        revocations=market.revocations(pin.source),
        now=market.now,
        allow_unsigned=not requires_signature(configuration.policy, pin.source, pin.name, market.now),
    )
    _same(subject, "archive", pin.artifacts[0].hash, found.archive)
    _same(subject, "tree", facts.tree, found.tree)
    _same(subject, "dependencies", _listed(_needs(pin)), _listed(_offered(found)))
    _same(subject, "permissions", _listed(facts.permissions), _listed(found.permissions))
    _same(subject, "privileged flag", str(facts.privileged), str(found.privileged))
    _same(subject, "signers", _listed(publishers(pin)), _listed([one.id for one in verified.publishers]))
    if len(verified.publishers) < facts.threshold:
        raise ThresholdUnmet(subject, facts.threshold, len(verified.publishers))
    missing = set(canonical_ids(facts.vetted)) - {one.id for one in verified.vetted}
    if missing:
        raise SignatureNotFound(subject, f"by the co-signer {min(missing)}, whom the lock names")
    return found


def _needs(pin: Pin) -> tuple[str, ...]:
    """What the lock says that a module depends on: `@acme/base ^1.2`."""
    return tuple([need.without_source() for need, _ in pin.dependencies])


def _offered(release: ModuleRelease) -> tuple[str, ...]:
    """The same of a release, in the canonical spelling of a lock."""
    return tuple([f"{name} {SEMVER.canonical_range(range_)}".rstrip() for name, range_ in release.dependencies])


def _refuse_moved(lock: Lock, pin: Pin, configuration: Configuration, market: ModuleMarket) -> None:
    """Refuse a pin that the configuration no longer finds where it was locked."""
    identity = next((one.identity for one in configuration.module_sources if one.name == pin.source), "")
    locked = next((one.root for one in lock.sources if one.name == pin.source), "")
    if market.source_of(pin.name) != pin.source or identity != locked:
        raise Undecided(
            f"the configuration has not the source {pin.source} from which {LOCK} has {pin.name}",
            "run `holdfast check`, then `holdfast lock`",
        )


def _same(subject: str, what: str, expected: str, found: str) -> None:
    if expected != found:
        raise Tampered(subject, what, expected, found)


def _listed(items: Iterable[str]) -> str:
    return ", ".join(sorted(items)) or "none"
