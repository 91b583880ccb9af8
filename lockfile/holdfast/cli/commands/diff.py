"""`diff`: what changed since a git revision, in words that a reviewer can judge."""

import time
from collections.abc import Callable, Mapping

from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN
from holdfast.cli.known_releases import StoredBytes, release_times
from holdfast.cli.project import cache_folder, open_project
from holdfast.cli.words import Arguments
from holdfast.configuration.configuration import Configuration
from holdfast.configuration.read import NPM_MANIFEST, NPMRC, UV, read_configuration
from holdfast.configuration.security import security_of
from holdfast.errors import ConfigurationError
from holdfast.model.security_changes import security_changes
from holdfast.reports.differences import Known, render_json, render_text
from holdfast.revisions import file_at
from holdfast.workflows.capability_deltas import CapabilityDeltas
from holdfast.workflows.diff import changed_pairs, signing_sources, with_capabilities, with_facts
from holdfast.workflows.diff import diff as compare
from holdfast.workflows.port import CONFIGURATION, LOCK, MANIFEST
from holdfast.workflows.previous import read_lock
from holdfast.workflows.scans import rooms
from holdfast_resolver.errors import ManifestError


def diff(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Compare the project on the disk with the project at a revision, HEAD unless another is named."""
    project = open_project(arguments)
    revision = arguments.text("revision", "HEAD")

    def at(revision: str, name: str) -> bytes | None:
        return file_at(project.folder, revision, name)

    compared = compare(project, at, revision)
    if compared.before_missing:
        console.note(f"note: {revision} has no {LOCK}, so everything is new")
    configuration = read_configuration(project.read)
    before = _configuration_at(lambda name: at(revision, name), revision, console)
    if before is not None:
        lines = security_changes(security_of(before), security_of(configuration))
        compared = compared._replace(security=lines)
    times = release_times(project, configuration, arguments, environment, console)
    compared = with_facts(compared, times, StoredBytes(arguments, environment))
    if compared.facts:
        delta = CapabilityDeltas(read_lock(project), rooms(cache_folder(arguments, environment)))
        if arguments.switch("fetch"):
            from holdfast.cli.fetched_changes import fetched_deltas  # start-up: only to fetch

            pairs = changed_pairs(compared)
            delta = fetched_deltas(pairs, read_lock(project), project, configuration, arguments, environment, console)
        compared = with_capabilities(compared, delta)
        if delta.absent:
            from holdfast.cli.fetched_changes import note_absent  # start-up: only where something was not looked at

            note_absent(delta, "holdfast diff --fetch", console)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    known = Known(compared.paths, compared.facts, compared.security, now, signing_sources(read_lock(project)))
    if console.form == "json":
        console.result(render_json(compared.difference, known))
    else:
        console.result(render_text(compared.difference, console.colour, known))
    return CLEAN


def _configuration_at(read: Callable[[str], bytes | None], revision: str, console: Console) -> Configuration | None:
    """The configuration of a revision; None, and said, where there was none that could be read."""
    files = {name: read(name) for name in (MANIFEST, CONFIGURATION, UV, NPM_MANIFEST, NPMRC)}
    if not any(files.values()):
        return Configuration()
    try:
        return read_configuration(files.get)
    except (ConfigurationError, ManifestError) as error:
        console.note(f"note: the configuration at {revision} cannot be compared: {error.path} has {error.found}")
        return None
