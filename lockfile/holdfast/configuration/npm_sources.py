"""`[sources.NAME]` of the kind "npm": a registry of npm packages, with the names that it serves.

    [sources.acme]
    kind = "npm"
    url = "https://npm.acme.example/"
    packages = ["@acme/*", "acme-*"]

What `.npmrc` says of scopes needs no such table. Knows no credentials: those stand in `.npmrc`.
"""

from __future__ import annotations

from holdfast.configuration.tables import Table
from holdfast_resolver.values.name_patterns import patterns_overlap
from holdfast_resolver.values.npm_names import is_npm_name
from holdfast_resolver.values.wishes import Source

MAIN = "npm"


def read_npm_source(section: Table, name: str, location: tuple[str, str], others: list[Source]) -> Source:
    """Return a source of npm packages; `location` is its URL and identity. Raises `ConfigurationError`."""
    section.check_keys(("kind", "url", "packages"))
    url, identity = location
    patterns = section.strings("packages")
    if name == MAIN:
        if patterns:
            hint = "the main registry serves every name that no other source claims"
            raise section.refusal(("packages",), f"no packages for the main registry {MAIN}", hint=hint)
        return Source(name, MAIN, url, identity)
    if not patterns:
        hint = f'add packages = ["@{name}/*"] to [sources.{name}], or call it {MAIN} if it is the main one'
        raise section.refusal((), f"packages: the names that resolve in {name} and nowhere else", "no packages", hint)
    for index, pattern in enumerate(patterns):
        place = ("packages", index)
        if not _is_pattern(pattern):
            raise section.refusal(place, "a package name or a beginning with '*', such as @acme/*", pattern)
        for other in others:
            if any(patterns_overlap(pattern, taken) for taken in other.packages):
                raise section.refusal(place, f"names that no other source claims; {other.name} has them", pattern)
    return Source(name, MAIN, url, identity, tuple(dict.fromkeys(patterns)))


def _is_pattern(pattern: str) -> bool:
    stem = pattern.removesuffix("*")
    return bool(stem) and "*" not in stem and is_npm_name(stem if stem == pattern else f"{stem}x")
