"""`holdfast.load`: the door by which a program gets a module, and the only one that opens for a verified one.

    module = holdfast.load("@acme/guards")
    module.path                  # the folder of its files
    module.exports["strict"]     # the path of what it exports; privileged ones only where the project allows them

Offline, and without the registry: the lock says which tree and which signers, the tree on the disk is hashed anew,
and the revocation list that was installed with it is verified with the keys in the committed state. Every refusal is
an exception of `holdfast.trust.errors` or `holdfast.errors`, `ModuleNotLocked` and `ModuleNotInstalled` among them;
there is no half-loaded module. Each load, and each refusal, is one line of JSON on the logger `holdfast.load`.

What was verified is what was there during the call: whoever can write to the project can change it afterwards, as
they can change the program. A composition root beside `cli`: it knows files and the clock.
"""

import json
import logging
import os
import sys
import time
from collections.abc import Mapping
from types import MappingProxyType

from holdfast import files
from holdfast.configuration.configuration import Configuration
from holdfast.configuration.read import read_configuration
from holdfast.errors import HoldfastError, LockMissing, Undecided
from holdfast.format.read import read
from holdfast.installed.layout import folder_of
from holdfast.installed.look import ABSENT, AS_LOCKED, OTHER, Look, look_at_all
from holdfast.installed.revocation_lists import revocations_of
from holdfast.model.lock import Lock, ModuleFacts, Pin
from holdfast.model.signers import publishers
from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.errors import RegistryRollback, RegistryStale, RegistryTampered, Tampered, TrustError
from holdfast.trust.registry_state import SeenState, read_state
from holdfast.trust.revocations import DOCUMENT, RevocationList, read_revocations
from holdfast.workflows.loading import Granted, grant, read_own_manifest
from holdfast.workflows.port import LOCK
from holdfast_resolver.errors import ResolverError
from holdfast_resolver.values.modules import MANIFEST
from holdfast_resolver.values.tuples import NamedTuple

LOGGER = logging.getLogger("holdfast.load")
GRACE = 7 * 24 * 3600  # seconds for which a revocation list still serves after its time is over
_HINT = "holdfast install"


class ModuleNotLocked(Undecided):
    """The project's lock has no module of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not a module of {LOCK}", "add it under [modules], then run `holdfast lock`")
        self.name = name


class ModuleNotInstalled(Undecided):
    """The module is locked, and is not in `modules/`, or in another release."""

    def __init__(self, name: str, version: str, found: str) -> None:
        super().__init__(f"{name} {version} is not in modules/: {found}", f"run `{_HINT}`")
        self.name = name
        self.version = version


class LoadedModule(NamedTuple):
    """A module whose tree was verified just now. Paths are absolute."""

    name: str
    version: str
    path: str  # the folder of its files
    exports: Mapping[str, str]  # name -> path; without the privileged ones unless the project allows them
    privileged: frozenset[str]  # the names among `exports` that are privileged
    permissions: tuple[str, ...]  # what it declares to need: "network:api.acme.example"
    signers: tuple[str, ...]  # ids of its verified publishers; () = unsigned
    level: str  # "trusted", "registry-verified", "registry-community", "unsigned"


def load(name: str, project: str = "", now: float | None = None) -> LoadedModule:
    """Return a locked module from its verified, unrevoked and unmodified tree in `modules/`.

    `project` is the project's folder, found from the current one without it; `now` the time in unix seconds. Where
    Python would write bytecode caches next to sources, they are sent elsewhere (`sys.pycache_prefix`) from now on,
    since a tree with an added file is refused. Raises `TrustError`, `HoldfastError` or `ResolverError`, and nothing
    is loaded.
    """
    started = time.time() if now is None else now
    try:
        found = _load(name, project, started)
    except (HoldfastError, ResolverError) as error:
        _audit("refused", name, error=type(error).__name__, fields={k: str(v) for k, v in error.fields().items()})
        raise
    if sys.pycache_prefix is None:
        sys.pycache_prefix = _bytecode_folder(os.environ)
    return found


def _load(name: str, project: str, now: float) -> LoadedModule:
    folder = os.path.abspath(project) if project else files.find_project(os.curdir)
    lock = _lock(folder)
    pin, facts = _pin(lock, name)
    configuration = read_configuration(lambda path: files.read_optional(os.path.join(folder, path)))
    generation, look = _look(folder, pin, facts)
    path = folder_of(generation, name)
    manifest = read_own_manifest(pin, facts, look.files, files.read_bytes(os.path.join(path, MANIFEST)))
    revocations, grace = _revocations(folder, pin.source, now)
    tiers = {signer.id: dict(signer.attributes).get("tier", "") for signer in lock.signers}
    granted = grant(pin, facts, manifest, configuration, revocations, _instant(now), tiers)
    _audit_grant(pin, facts, granted, revocations, grace, configuration)
    return LoadedModule(
        name,
        pin.version,
        path,
        MappingProxyType({one.name: os.path.join(path, *one.path.split("/")) for one in granted.exports}),
        frozenset([one.name for one in granted.exports if one.privileged]),
        facts.permissions,
        publishers(pin),
        granted.level,
    )


def _lock(folder: str) -> Lock:
    path = os.path.join(folder, LOCK)
    data = files.read_optional(path)
    if data is None:
        raise LockMissing(path)
    return read(data, path)


def _pin(lock: Lock, name: str) -> tuple[Pin, ModuleFacts]:
    for pin in lock.packages:
        if pin.name == name and pin.module is not None:
            return pin, pin.module
    raise ModuleNotLocked(name)


def _look(folder: str, pin: Pin, facts: ModuleFacts) -> tuple[str, Look]:
    """Hash a module's files; return the generation in which they stand."""
    generation, looks = look_at_all(folder, [(pin.name, facts.tree)])
    look = looks[pin.name]
    if look.standing in (ABSENT, OTHER):
        raise ModuleNotInstalled(pin.name, pin.version, look.words)
    if look.standing != AS_LOCKED:
        raise Tampered(f"{pin.name} {pin.version}", "tree", facts.tree, look.words)
    return generation, look


def _revocations(folder: str, source: str, now: float) -> tuple[RevocationList, str]:
    """The installed list, verified with the committed keys, and by which grace it serves, in words: "" = none."""
    place = f".holdfast/state/{source}.json"
    path = os.path.join(folder, *place.split("/"))
    data = files.read_optional(path)
    state = SeenState() if data is None else read_state(data.decode("utf-8", "replace"), path)
    if not state.revokers:
        raise RegistryTampered(source, place, f"it does not say who signs {DOCUMENT}: run `{_HINT}`")
    text = revocations_of(folder, source)
    if text is None:
        raise RegistryTampered(source, DOCUMENT, f"none is installed: run `{_HINT}`")
    keys = [PublicKey.from_text(key) for key in state.revokers]
    listed = read_revocations(text, keys, state.revocation_threshold)
    if listed.number < state.floor.revocations:
        reason = f"number {listed.number} is installed, number {state.floor.revocations} was seen: run `{_HINT}`"
        raise RegistryRollback(source, DOCUMENT, reason)
    if not listed.is_stale(_instant(now)):
        return listed, ""
    days = GRACE // 86400
    if listed.is_stale(_instant(now - GRACE)):
        reason = f"expired at {listed.expires}, and the grace of {days} days is over: run `{_HINT}`"
        raise RegistryStale(source, DOCUMENT, reason)
    return listed, f"expired at {listed.expires}; loading goes on for {days} days after that: run `{_HINT}`"


def _audit_grant(
    pin: Pin,
    facts: ModuleFacts,
    granted: Granted,
    revocations: RevocationList,
    grace: str,
    configuration: Configuration,
) -> None:
    _audit(
        "loaded",
        pin.name,
        version=pin.version,
        source=pin.source,
        tree=facts.tree,
        signers=list(publishers(pin)),
        level=granted.level,
        privileged=granted.privileged,
        withheld=[one.name for one in granted.withheld],
        project=configuration.id,
        revocations={
            "number": revocations.number,
            "expires": revocations.expires,
            "grace": grace,
        },
    )


def _audit(event: str, name: str, **facts: object) -> None:
    level = logging.WARNING if event == "refused" or facts.get("withheld") else logging.INFO
    revocations = facts.get("revocations")
    if isinstance(revocations, dict) and revocations["grace"]:
        level = logging.WARNING
    LOGGER.log(level, "%s", json.dumps({"event": event, "module": name, **facts}, sort_keys=True))


def _bytecode_folder(environment: Mapping[str, str]) -> str:
    home = environment.get("HOLDFAST_CACHE_DIR") or os.path.join(
        environment.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache"), "holdfast"
    )
    return os.path.join(os.path.abspath(home), "pycache")


def _instant(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


__all__ = ["LOGGER", "LoadedModule", "ModuleNotInstalled", "ModuleNotLocked", "TrustError", "load"]
