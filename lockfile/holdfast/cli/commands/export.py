"""`export`: the lock as a `pylock.toml`, a requirements file with hashes, or a `package-lock.json`."""

import os
from collections.abc import Mapping

from holdfast import files
from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN
from holdfast.cli.project import ProjectFolder, open_project
from holdfast.cli.sizes import count
from holdfast.cli.wiring import open_shop, warn_of_cache
from holdfast.cli.words import Arguments
from holdfast.errors import UsageError
from holdfast.exports.port import LocatedFile
from holdfast.exports.selection import select
from holdfast.model.lock import Lock, Pin, without_modules, without_npm
from holdfast.workflows.port import CONFIGURATION, LOCK, MANIFEST, NPM_MANIFEST
from holdfast.workflows.previous import read_lock

PACKAGE_LOCK = "package-lock"


def export(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Write the export to a file, or to the terminal."""
    project = open_project(arguments)
    output = _output(arguments, project)
    whole = read_lock(project)
    if arguments.text("target") == PACKAGE_LOCK:
        return _package_lock(whole, output, project, arguments, environment, console)
    lock = without_npm(without_modules(whole))
    modules = sum(pin.module is not None for pin in whole.packages)
    left_out = [(modules, "module"), (len(whole.packages) - len(lock.packages) - modules, "npm package")]
    if any(number for number, _ in left_out):
        said = " and ".join([count(number, noun) for number, noun in left_out if number])
        console.note(f"note: {said} left out: this format has no place for them")
    extras = _names(lock, "extra", arguments)
    groups = _names(lock, "group", arguments)
    if arguments.text("target") == "pylock":
        text = _pylock(lock, extras, groups, project, arguments, environment, console)
    else:
        from holdfast.exports.requirements import requirements  # start-up: only the format that is asked for

        text = requirements(lock, extras, groups)
    if not output:
        console.result(text)
        return CLEAN
    files.write_atomic(output, text.encode())
    console.line(f"{arguments.text('output')} written: {_count(lock, extras, groups)}")
    if arguments.text("target") == "pylock" and not _is_pylock_name(os.path.basename(output)):
        console.note("note: installers look for pylock.toml or pylock.NAME.toml, and some take no other name")
    return CLEAN


def _package_lock(
    lock: Lock,
    output: str,
    project: ProjectFolder,
    arguments: Arguments,
    environment: Mapping[str, str],
    console: Console,
) -> int:
    # start-up: only the format that is asked for
    from holdfast.cli.npm_exporting import export_package_lock, unread_by_npm
    from holdfast.configuration.read import read_project

    asked = read_project(project.read)
    # A cutoff decides what may be chosen; what is pinned may be had whenever it was published.
    shop = open_shop(project, asked.configuration._replace(exclude_newer=""), arguments, environment, console)
    text = export_package_lock(lock, asked, project, shop)
    shop.market.close()
    warn_of_cache(shop.market.index.cache, console)
    for sentence in unread_by_npm(asked, project):
        console.note(f"note: {sentence}")
    if not output:
        console.result(text)
        return CLEAN
    files.write_atomic(output, text.encode())
    size = sum(pin.npm is not None for pin in lock.packages)
    console.line(f"{arguments.text('output')} written: {count(size, 'npm package')}")
    return CLEAN


def _pylock(
    lock: Lock,
    extras: tuple[str, ...],
    groups: tuple[str, ...],
    project: ProjectFolder,
    arguments: Arguments,
    environment: Mapping[str, str],
    console: Console,
) -> str:
    """The lock names no URL, so the listings are read again; a URL counts only with the pinned hash."""
    from holdfast.configuration.read import read_configuration
    from holdfast.exports.pylock import pylock
    from holdfast.workflows.locate import offers
    from holdfast_resolver.clients.urls import without_userinfo

    pins = [one.pin for one in select(lock, extras, groups)]
    # A cutoff decides what may be chosen; what is pinned may be had whenever it was uploaded.
    configuration = read_configuration(project.read)._replace(exclude_newer="")
    shop = open_shop(project, configuration, arguments, environment, console)
    offered = offers(shop.market, pins)
    shop.market.index.close()
    warn_of_cache(shop.market.index.cache, console)
    sources = {source.name: source for source in shop.market.sources}

    def locate(pin: Pin) -> dict[str, LocatedFile]:
        error = offered.failed.get((pin.source, pin.name))
        if error is not None:
            raise error
        index = without_userinfo(shop.url_of(sources[pin.source]))
        return {
            one.file: LocatedFile(without_userinfo(one.url), one.hash, 0, one.upload_time, index)
            for one in offered.files[pin.source, pin.name, pin.version].values()
        }

    return pylock(lock, locate, extras, groups)


def _output(arguments: Arguments, project: ProjectFolder) -> str:
    """The file to write, "" for the terminal. Raises `UsageError` for one that the project itself lives by."""
    text = arguments.text("output")
    if text in ("", "-"):
        return ""
    path = os.path.abspath(text)
    for name in (LOCK, MANIFEST, NPM_MANIFEST, CONFIGURATION):
        if os.path.realpath(path) == os.path.realpath(os.path.join(project.folder, name)):
            raise UsageError("another file than the project's own after --output", text)
    return path


def _names(lock: Lock, kind: str, arguments: Arguments) -> tuple[str, ...]:
    """The extras or groups that are asked for; `--all-...` adds all that the lock has."""
    every = [part.name for part in lock.inputs if part.kind == kind] if arguments.switch(f"all-{kind}s") else []
    return tuple(dict.fromkeys([*arguments.texts_of(kind), *every]))


def _count(lock: Lock, extras: tuple[str, ...], groups: tuple[str, ...]) -> str:
    size = len(select(lock, extras, groups))
    return count(size, "package")


def _is_pylock_name(name: str) -> bool:
    """`pylock.toml`, `pylock.web.toml` ("pylock.toml specification", "File name")."""
    parts = name.split(".")
    return parts[0] == "pylock" and parts[-1] == "toml" and len(parts) in (2, 3) and all(parts)
