"""`verify`: every pinned file is downloaded into the store, or found there, and hashed; a module's signers too."""

import os
import time
from collections.abc import Mapping

from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN, FOUND, UNDECIDED
from holdfast.cli.members import member_of
from holdfast.cli.project import ProjectFolder, cache_folder, open_project
from holdfast.cli.sizes import count, in_words
from holdfast.cli.wiring import open_shop, warn_of_cache
from holdfast.cli.words import Arguments
from holdfast.configuration.read import read_configuration
from holdfast.findings.finding import fails
from holdfast.model.words import is_named
from holdfast.reports.port import Summary
from holdfast.workflows.names import locked_words
from holdfast.workflows.previous import read_lock
from holdfast.workflows.verify import Tell, Vault, Verified
from holdfast.workflows.verify import verify as verify_lock
from holdfast.workflows.verify_findings import folded_findings, unchecked_findings
from holdfast_resolver.fetch.store import ArtifactStore

NOTHING = Verified((), 0, 0, 0, 0, ())


def verify(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Verify the pinned files of the named packages, or all."""
    if arguments.switch("installed"):
        from holdfast.cli.commands.verify_installed import verify_installed

        return verify_installed(arguments, console)
    project = open_project(arguments)
    lock = read_lock(project)
    names = frozenset(locked_words(arguments.texts_of("names"), lock.packages, member_of(project)))
    # A cutoff decides what may be chosen; what is pinned is verified whenever it was uploaded.
    configuration = read_configuration(project.read)._replace(exclude_newer="")
    shop = open_shop(project, configuration, arguments, environment, console)
    store = ArtifactStore(os.path.join(cache_folder(arguments, environment), "store"))
    vault = Vault(store, None if arguments.switch("offline") else shop.connect)
    declared = frozenset([one.name for one in configuration.metadata])
    packages = tuple([pin for pin in lock.packages if pin.module is None and pin.npm is None])
    wanted = frozenset([name for name in names if any(is_named(pin, (name,)) for pin in packages)])
    outcome = NOTHING
    if wanted or not names:
        outcome = verify_lock(
            lock._replace(packages=packages), wanted, shop.market, vault, declared, _progress(console)
        )
    if any(pin.npm is not None and (not names or is_named(pin, names)) for pin in lock.packages):
        from holdfast.cli.npm_verifying import with_npm  # start-up: only where there is npm

        outcome = with_npm(outcome, lock, names, shop, vault, _progress(console))
    if any(pin.module is not None and (not names or is_named(pin, names)) for pin in lock.packages):
        from holdfast.cli.module_verifying import with_modules  # start-up: only where there are modules

        outcome = with_modules(outcome, lock, names, configuration, shop, vault)
    shop.market.close()
    warn_of_cache(shop.market.index.cache, console)
    return _finish(outcome, project, console)


def _finish(outcome: Verified, project: ProjectFolder, console: Console) -> int:
    sentence = (
        f"verified {count(outcome.artifacts, 'artifact')} of {count(outcome.packages, 'package')}, "
        f"{in_words(outcome.size)}"
    )
    if outcome.signed:
        sentence += f"; the signers of {count(outcome.signed, 'file')} are as pinned"
    unchecked = sum(len(one.files) for one in outcome.unchecked)
    if unchecked:
        sentence += f"; {unchecked} could not be checked"
    if outcome.unsure:
        sentence += f"; the signers of {count(outcome.unsure, 'file')} could not be verified again"
    facts = (
        ("artifacts", outcome.artifacts),
        ("packages", outcome.packages),
        ("bytes", outcome.size),
        ("fetched", outcome.fetched),
        ("unchecked", unchecked),
        ("signed", outcome.signed),
        ("unsure", outcome.unsure),
    )
    folded = console.form == "text" and not console.verbose
    findings = outcome.findings + (folded_findings if folded else unchecked_findings)(outcome.unchecked)
    if findings or not console.quiet or console.form != "text":
        console.report(findings, Summary("verify", sentence, facts), project)
    if any(fails(finding) for finding in findings):
        return FOUND
    return UNDECIDED if unchecked or outcome.unsure else CLEAN


def _progress(console: Console) -> Tell:
    def tell(done: int, every: int, size: int) -> None:
        console.progress(f"verifying {done}/{every}, {in_words(size)}", time.monotonic())

    return tell
