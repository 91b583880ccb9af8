"""A small module registry in memory: releases written as values, answered wave by wave as `resolve_modules` asks."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from holdfast_resolver.registries.modules import read_index_document
from holdfast_resolver.resolve.modules import ModuleOutcome, ModuleRequest, ModuleResolution, resolve_modules
from holdfast_resolver.resolve.modules_offers import Listings
from holdfast_resolver.values.modules import ModuleListing, archive_file_name
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.wishes import Wish

Needs = Mapping[str, str]  # name -> range
Releases = Mapping[str, Needs]  # version -> what it requires


def release_entry(name: str, version: str, needs: Needs | None = None, **changes: Any) -> dict[str, Any]:
    """One release as an index document has it."""
    digest = hashlib.sha256(f"{name} {version}".encode()).hexdigest()
    entry = {
        "version": version,
        "file": archive_file_name(name, version),
        "size": 10_240,
        "sha256": digest,
        "tree": digest[::-1],
        "dependencies": dict(needs or {}),
        "permissions": ["network:api.acme.example", "program:git"],
        "privileged": False,
        "published": "2026-11-21T06:40:00Z",
        "yanked": None,
        "publisher": "acme",
        "envelopes": ['{"payload":""}'],
        "vetted": [],
        "report": "",
    }
    return {**entry, **changes}


def index_document(name: str, entries: list[dict[str, Any]], **changes: Any) -> bytes:
    """The index document of a module."""
    return json.dumps({"format": 1, "critical": [], "name": name, "releases": entries, **changes}).encode()


class ModuleShelf:
    """Listings by name, and the waves in which they were asked for. `yanked` names (module, version) pairs."""

    def __init__(self, modules: Mapping[str, Releases], yanked: Mapping[tuple[str, str], str] | None = None) -> None:
        self.waves: list[tuple[str, ...]] = []
        self._listings = {
            name: read_index_document(
                index_document(
                    name,
                    [
                        release_entry(name, version, needs, yanked=(yanked or {}).get((name, version)))
                        for version, needs in releases.items()
                    ],
                ),
                name,
            )
            for name, releases in modules.items()
        }

    def __call__(self, names: tuple[str, ...]) -> dict[str, ModuleListing | None]:
        self.waves.append(names)
        return {name: self._listings.get(name) for name in names}


def wishes_of(wishes: Mapping[str, str]) -> tuple[Wish, ...]:
    """Wishes, one a line of `holdfast.toml`."""
    return tuple(
        Wish(Requirement("acme", name, (), range_text), "project", "", "holdfast.toml", line)
        for line, (name, range_text) in enumerate(wishes.items(), 1)
    )


def solved(shelf: Listings, wishes: Mapping[str, str], **request: Any) -> ModuleOutcome:
    """Resolve wishes against a shelf; `request` are further fields of the request."""
    fields = {"source_of": lambda name: "acme", **request}
    return resolve_modules(ModuleRequest(wishes_of(wishes), **fields), shelf)


def versions_of(outcome: ModuleOutcome) -> dict[str, str]:
    """Name -> chosen version."""
    assert isinstance(outcome, ModuleResolution), outcome
    return {each.name: each.release.version for each in outcome.modules}
