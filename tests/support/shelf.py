"""A small index in memory: releases written as values, served to an `Index` whole, late or in any order.

A `Shelf` knows artifacts and their metadata; `index_of` gives an `Index` whose crew answers from the shelf. It speaks
the port of the real crew, so what is tested is the real `Index`, `Universe` and `Search`.
"""

import random
from collections.abc import Iterable
from typing import NamedTuple

from holdfast_resolver.fetch import facts, records
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.index import Absent, Answer, Freshness, Index, ListingNeed, Need
from holdfast_resolver.fetch.records import Record
from holdfast_resolver.resolve.request import Request
from holdfast_resolver.values.artifacts import Artifact, Listing, ReleaseMetadata
from holdfast_resolver.values.requirements import parse_requirement
from holdfast_resolver.values.targets import Target
from holdfast_resolver.values.wishes import Source, Wish

PYPI = Source("pypi", "pypi", "", "pypi")
NOW = 1_800_000_000


class Release(NamedTuple):
    """One release. `tags` are wheel tags; `sdist` is "static", "dynamic" or "" for none."""

    version: str
    requires: tuple[str, ...] = ()
    requires_python: str = ""
    tags: tuple[str, ...] = ("py3-none-any",)
    sdist: str = ""
    extras: tuple[str, ...] = ()
    yanked: str | None = None
    uploaded: str = ""


class Shelf:
    """Releases by package name."""

    def __init__(self, packages: dict[str, Iterable[Release]]) -> None:
        self.packages = {name: tuple(releases) for name, releases in packages.items()}
        self._metadata: dict[str, ReleaseMetadata] = {}
        self._listings = {name: self._listing(name, releases) for name, releases in self.packages.items()}

    def listing(self, name: str) -> Listing | None:
        return self._listings.get(name)

    def metadata(self, digest: str) -> ReleaseMetadata:
        return self._metadata[digest]

    def _listing(self, name: str, releases: tuple[Release, ...]) -> Listing:
        artifacts = []
        for release in releases:
            files = [(f"{name.replace('-', '_')}-{release.version}-{tag}.whl", True) for tag in release.tags]
            if release.sdist:
                files.append((f"{name.replace('-', '_')}-{release.version}.tar.gz", release.sdist == "static"))
            for file, static in files:
                digest = "sha256:" + f"{abs(hash_of(file)):064x}"[:64]
                artifacts.append(
                    Artifact(
                        file,
                        release.version,
                        f"https://files.example/{file}",
                        digest,
                        release.requires_python,
                        release.yanked,
                        release.uploaded,
                    )
                )
                self._metadata[digest] = ReleaseMetadata(
                    name, release.version, release.requires_python, release.requires, release.extras, static
                )
        return Listing(name, tuple(artifacts))


def hash_of(text: str) -> int:
    """A number that differs where the text does, the same in every run."""
    import hashlib

    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:31], "big")


class ShelfCrew:
    """Answers from a shelf; with a seed, in random order."""

    def __init__(self, shelf: Shelf, seed: int | None = None) -> None:
        self._shelf = shelf
        self._random = random.Random(seed) if seed is not None else None
        self._jobs: list[Need] = []
        self.requests = 0

    def ask(self, need: Need, stale: Record | None) -> None:
        self._jobs.append(need)
        self.requests += 1

    def next_answer(self) -> tuple[Need, Answer]:
        at = self._random.randrange(len(self._jobs)) if self._random else 0
        need = self._jobs.pop(at)
        if isinstance(need, ListingNeed):
            listing = self._shelf.listing(need.name)
            if listing is None:
                return need, Absent(need.source, need.name)
            record = records.parse(records.distil(listing, fetched=NOW, fresh_for=600))
            assert record is not None
            return need, record
        return need, facts.facts_of(self._shelf.metadata(need.artifact.hash), need.source.name)

    def dismiss(self) -> None:
        self._jobs.clear()


def index_of(shelf: Shelf, folder: str, seed: int | None = None, until: str = "") -> Index:
    """Return an index that knows nothing yet and whose crew answers from the shelf."""
    crew = ShelfCrew(shelf, seed)
    return Index(Cache(folder), Freshness(NOW, until=until), lambda: crew)  # type: ignore[arg-type,return-value]  # a double of the crew


def request_of(wishes: Iterable[str], targets: Iterable[Target], **more: object) -> Request:
    """Return a request for plain wishes, one per line of a `pyproject.toml`."""
    wanted = tuple(
        Wish(parse_requirement(text), "project", "", "pyproject.toml", line + 1) for line, text in enumerate(wishes)
    )
    return Request(wanted, tuple(targets), (PYPI,))._replace(**more)  # type: ignore[arg-type]
