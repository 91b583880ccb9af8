"""Install: every locked module is fetched, proved to be what was locked and signed, and handed over to be unpacked.

Law: nothing is unpacked unless everything holds: the registry's state, its revocation list (a stale one is refused),
the signers that the lock names, the archive's digest, its own manifest, and the tree digest. There is no way to
install a part of it. Knows no file and no socket: bytes come in through a function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from holdfast.configuration.configuration import Configuration
from holdfast.model.lock import Lock, ModuleFacts, Pin
from holdfast.trust.archive import ArchiveFile, read_archive, tree_of
from holdfast.trust.errors import RegistryStale, SignatureNotFound, Tampered
from holdfast.trust.tree import tree_digest
from holdfast.trust.unpacked import Unpacked
from holdfast.trust.verify_module import verify_module
from holdfast.workflows.module_market import ModuleMarket
from holdfast.workflows.module_trust import trusted_keys
from holdfast_resolver.manifests.module_toml import read_module_manifest
from holdfast_resolver.values.modules import MANIFEST, ModuleManifest, ModuleRelease

# Gives the archive of a pin, whose digest it has checked.
Fetch: TypeAlias = Callable[[Pin], bytes]


def module_pins(lock: Lock) -> tuple[tuple[Pin, ModuleFacts], ...]:
    """Return the pins of modules, each with its facts."""
    return tuple([(pin, pin.module) for pin in lock.packages if pin.module is not None])


def prepare_install(
    lock: Lock, configuration: Configuration, market: ModuleMarket, fetch: Fetch
) -> tuple[Unpacked, ...]:
    """Return all locked modules, verified, ready to be unpacked.

    Raises `TrustError` for the first that does not hold, `RegistryError` for what cannot be had.
    """
    pins = module_pins(lock)
    releases = verify_pins(lock, configuration, market)
    unpacked = []
    for pin, facts in pins:
        contents = read_archive(fetch(pin))
        check_contents(pin, facts, releases[pin.name], contents)
        unpacked.append(Unpacked(pin.name, pin.version, facts.tree, contents))
    return tuple(unpacked)


def verify_pins(lock: Lock, configuration: Configuration, market: ModuleMarket) -> dict[str, ModuleRelease]:
    """Verify anew the signers of all locked modules by the registries' current word; return their releases.

    Raises `TrustError`, among them `RegistryStale` for a revocation list whose time is over.
    """
    pins = module_pins(lock)
    for source in dict.fromkeys(pin.source for pin, _ in pins):
        listed = market.revocations(source)
        if listed.is_stale(market.now):
            raise RegistryStale(source, "revocations.json", f"expired at {listed.expires}")
    listings = market.listings([pin.name for pin, _ in pins])
    trusted = trusted_keys(configuration)
    releases: dict[str, ModuleRelease] = {}
    for pin, facts in pins:
        listing = listings[pin.name]
        found = next((one for one in listing.releases if one.version == pin.version), None) if listing else None
        subject = f"{pin.name} {pin.version}"
        if found is None:
            raise Tampered(subject, "a release that is locked", pin.artifacts[0].hash, f"none in {pin.source}")
        verified = verify_module(
            pin.name,
            found,
            publishers=market.publishers(pin.source),
            trusted=trusted,
            revocations=market.revocations(pin.source),
            now=market.now,
            allow_unsigned=not configuration.policy.requires_signature(pin.source, pin.name),
        )
        _same(subject, "archive", pin.artifacts[0].hash, found.archive)
        _same(subject, "tree", facts.tree, found.tree)
        _same(subject, "signers", _listed(pin.signers), _listed([one.id for one in verified.publishers]))
        missing = set(facts.vetted) - {one.id for one in verified.vetted}
        if missing:
            raise SignatureNotFound(subject, f"by the co-signer {min(missing)}, whom the lock names")
        releases[pin.name] = found
    return releases


def check_contents(
    pin: Pin, facts: ModuleFacts, release: ModuleRelease, contents: tuple[ArchiveFile, ...]
) -> ModuleManifest:
    """Check that an archive is the locked module, and return its manifest. Raises `Tampered`, `ManifestError`."""
    subject = f"{pin.name} {pin.version}"
    _same(subject, "tree", facts.tree, tree_digest(tree_of(contents)))
    text = next((file.data for file in contents if file.path == MANIFEST), b"")
    manifest = read_module_manifest(text)
    _same(subject, "name in its manifest", pin.name, manifest.name)
    _same(subject, "version in its manifest", pin.version, manifest.version)
    _same(subject, "permissions", _listed(facts.permissions), _listed(manifest.permissions))
    _same(subject, "privileged flag", str(facts.privileged), str(manifest.privileged))
    _same(subject, "dependencies", str(sorted(release.dependencies)), str(sorted(manifest.dependencies)))
    return manifest


def _same(subject: str, what: str, expected: str, found: str) -> None:
    if expected != found:
        raise Tampered(subject, what, expected, found)


def _listed(items: list[str] | tuple[str, ...]) -> str:
    return ", ".join(sorted(items)) or "none"
