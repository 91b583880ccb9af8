"""`install`: fetch the locked modules, prove them, ask advisories, unpack them to `modules/`: all or nothing."""

import os
from collections.abc import Mapping

from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN, FOUND
from holdfast.cli.module_archives import Archives
from holdfast.cli.project import ProjectFolder, cache_folder, held, open_project
from holdfast.cli.sizes import count
from holdfast.cli.wiring import open_shop, warn_of_cache
from holdfast.cli.words import Arguments
from holdfast.configuration.configuration import Configuration
from holdfast.configuration.read import read_configuration
from holdfast.errors import UsageError
from holdfast.findings.finding import Finding
from holdfast.installed.layout import MODULES, generation_of, refuse_foreign_link
from holdfast.installed.look import is_as_locked
from holdfast.installed.place import place, remove, tidy
from holdfast.installed.revocation_lists import keep_revocations
from holdfast.model.lock import Lock
from holdfast.reports.port import Summary
from holdfast.trust.errors import DigestRevoked, SignerRevoked
from holdfast.workflows.install import prepare_install, verify_pins
from holdfast.workflows.install_advisories import Consulted, consult
from holdfast.workflows.module_market import ModuleMarket
from holdfast.workflows.module_pins import module_pins
from holdfast.workflows.port import LOCK
from holdfast.workflows.previous import read_lock
from holdfast_resolver.fetch.store import ArtifactStore


def install(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Make `modules/` just the locked modules."""
    project = open_project(arguments)
    with held(project, arguments, environment, console):
        lock = read_lock(project)
        pins = module_pins(lock)
        if not pins:
            return _without_modules(project, console)
        refuse_foreign_link(project.folder)  # before anything is fetched
        configuration = read_configuration(project.read)
        shop = open_shop(project, configuration, arguments, environment, console)
        market = shop.market.modules
        if market is None:
            raise UsageError(f"[modules] in the configuration, as {LOCK} has them", "none", "run `holdfast lock`")
        fresh = is_as_locked(generation_of(project.folder), [(pin.name, facts.tree) for pin, facts in pins])
        cache = cache_folder(arguments, environment)
        store = ArtifactStore(os.path.join(cache, "store"))
        archives = Archives(store, configuration, None if arguments.switch("offline") else shop.connect)
        try:
            if fresh:
                verify_pins(lock, configuration, market)
                keep_revocations(project.folder, market.revocation_texts())
            unpacked = iter(()) if fresh else prepare_install(lock, configuration, market, archives.read)
            consulted = _consulted(lock, configuration, market, project, cache, console)
            if consulted.stops:
                return _stopped(consulted, len(pins), project, console)
            if fresh:
                tidy(project.folder)
            else:
                _gather(lock, archives)
                place(project.folder, unpacked, market.revocation_texts())
        except (SignerRevoked, DigestRevoked):
            # What is installed stays, and loading learns why it must not be loaded any more.
            if generation_of(project.folder):
                keep_revocations(project.folder, market.revocation_texts())
            raise
        # The lists first: a list that is newer than the state serves, one that is older does not.
        if shop.keep_states is not None:
            shop.keep_states(False)
    warn_of_cache(shop.market.index.cache, console)
    modules = f"{count(len(pins), 'module')} in {MODULES}/"
    return _told(
        f"{modules}: nothing to do, all as locked" if fresh else f"{modules}: verified and unpacked",
        (len(pins), 0 if fresh else 1),
        console,
        consulted.findings,
        project,
    )


def _gather(lock: Lock, archives: Archives) -> None:
    """Have all archives fetched at once, when all signers hold."""
    for failure in archives.gather([pin for pin, _ in module_pins(lock)]).failed.values():
        raise failure


def _consulted(
    lock: Lock,
    configuration: Configuration,
    market: ModuleMarket,
    project: ProjectFolder,
    cache: str,
    console: Console,
) -> Consulted:
    """What advisories say of the locked modules."""
    paths = [os.path.join(project.folder, path) for path in configuration.advisories.records]
    consulted = consult(lock, configuration, market, paths, os.path.join(cache, "advisories"), project.folder)
    for source in consulted.unasked:
        console.note(f"warning: advisories of {source} were not asked: offline, and the cache does not have them")
    return consulted


def _stopped(consulted: Consulted, modules: int, project: ProjectFolder, console: Console) -> int:
    """Say why nothing is installed; what is installed stays."""
    sentence = "nothing was installed: advisories are against it"
    console.report(consulted.findings, Summary("install", sentence, (("modules", modules), ("changed", 0))), project)
    return FOUND


def _without_modules(project: ProjectFolder, console: Console) -> int:
    removed = remove(project.folder)
    if removed:
        return _told(f"{MODULES}/ removed: {LOCK} has no modules any more", (0, 1), console)
    return _told(f"{LOCK} has no modules: nothing to do (they are asked for under [modules])", (0, 0), console)


def _told(
    sentence: str,
    facts: tuple[int, int],
    console: Console,
    findings: tuple[Finding, ...] = (),
    project: ProjectFolder | None = None,
) -> int:
    if console.form == "text" and (not findings or console.quiet):
        console.line(sentence)
    else:
        named = tuple(zip(("modules", "changed"), facts))
        console.report(findings, Summary("install", sentence, named), project)
    return CLEAN
