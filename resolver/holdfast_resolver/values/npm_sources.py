"""In which source an npm package resolves: patterns of names, which are names or beginnings with `*`. No registry."""

from __future__ import annotations

from holdfast_resolver.values.wishes import Source


def npm_source_of(name: str, sources: tuple[Source, ...]) -> Source:
    """Return the source in which an npm package resolves: the first whose patterns claim it, else the main one, first.

    >>> npm_source_of("@acme/web", (main, acme)).name
    'acme'
    """
    for source in sources[1:]:
        if claims(source, name):
            return source
    return sources[0]


def claims(source: Source, name: str) -> bool:
    """Whether a pattern of a source claims a name."""
    return any(
        name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern for pattern in source.packages
    )
