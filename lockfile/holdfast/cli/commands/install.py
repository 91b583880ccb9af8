"""`install`: fetch the locked modules, prove them, and unpack them to `modules/`, all or nothing."""

import os
from collections.abc import Mapping

from holdfast_resolver.registries.modules import blob_path

from holdfast import installed
from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN
from holdfast.cli.project import ProjectFolder, cache_folder, held, open_project
from holdfast.cli.sizes import count
from holdfast.cli.wiring import Shop, open_shop, warn_of_cache
from holdfast.cli.words import Arguments
from holdfast.configuration.configuration import Configuration
from holdfast.configuration.read import read_configuration
from holdfast.errors import UsageError
from holdfast.model.lock import Lock, Pin
from holdfast.reports.port import Summary, render
from holdfast.trust.errors import Tampered
from holdfast.workflows.install import Fetch, module_pins, prepare_install, verify_pins
from holdfast.workflows.port import LOCK
from holdfast.workflows.previous import read_lock
from holdfast_resolver.errors import OfflineMiss
from holdfast_resolver.fetch.store import ArtifactStore, DigestMismatch
from holdfast_resolver.registries.port import Request

LARGEST = 512 * 1024 * 1024  # bytes of an archive


def install(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Make `modules/` just the locked modules."""
    project = open_project(arguments)
    with held(project, arguments, environment, console):
        lock = read_lock(project)
        configuration = read_configuration(project.read)
        pins = module_pins(lock)
        if not pins:
            raise UsageError(f"modules in {LOCK}", "none", "ask for some under [modules], then run `holdfast lock`")
        shop = open_shop(project, configuration, arguments, environment, console)
        market = shop.market.modules
        if market is None:
            raise UsageError(f"[modules] in the configuration, as {LOCK} has them", "none", "holdfast lock")
        generation = installed.generation_of(project.folder)
        trees = [(pin.name, facts.tree) for pin, facts in pins]
        fresh = installed.is_as_locked(generation, trees)
        if fresh:
            verify_pins(lock, configuration, market)
            installed.keep_revocations(generation, market.revocation_texts())
        else:
            fetch = _fetch(configuration, shop, arguments, environment)
            unpacked = prepare_install(lock, configuration, market, fetch)
            installed.place(project.folder, unpacked, market.revocation_texts())
        if shop.keep_states is not None:
            shop.keep_states()
    warn_of_cache(shop.market.index.cache, console)
    return _told(lock, fresh, project, console)


def _fetch(configuration: Configuration, shop: Shop, arguments: Arguments, environment: Mapping[str, str]) -> Fetch:
    store = ArtifactStore(os.path.join(cache_folder(arguments, environment), "store"))
    sources = {source.name: source for source in configuration.module_sources}
    offline = arguments.switch("offline")

    def fetch(pin: Pin) -> bytes:
        artifact = pin.artifacts[0]
        stream = store.open_verified(artifact.hash)
        if stream is None:
            if offline:
                raise OfflineMiss(pin.source, artifact.file)
            url = sources[pin.source].url + blob_path(artifact.hash)
            request = Request(pin.source, artifact.file, url, max_bytes=LARGEST)
            stored = store.fetch_artifact(shop.connect(), request, artifact.hash)
            if isinstance(stored, DigestMismatch):
                raise Tampered(f"{pin.name} {pin.version}", "archive", artifact.hash, stored.found)
            stream = store.open_verified(artifact.hash)
            if stream is None:
                raise Tampered(f"{pin.name} {pin.version}", "archive", artifact.hash, "a store that changed it")
        with stream:
            return stream.read()

    return fetch


def _told(lock: Lock, fresh: bool, project: ProjectFolder, console: Console) -> int:
    modules = module_pins(lock)
    what = f"{count(len(modules), 'module')} in {installed.MODULES}/"
    sentence = f"{what}: nothing to do, all as locked" if fresh else f"{what}: verified and unpacked"
    if console.form == "text":
        console.line(sentence)
    else:
        facts = (("modules", len(modules)), ("changed", 0 if fresh else 1))
        console.result(render(console.form, (), Summary("install", sentence, facts)))
    return CLEAN
