"""The wishes and overrides of a `package.json` as requirements: what a lock keeps of them, and `check` compares.

Knows which specs a registry serves; a git repository, a folder, a tarball's URL or a member of the project is no
requirement of a registry.
"""

from __future__ import annotations

from collections.abc import Callable

from holdfast_resolver.manifests.npm_specs import AliasSpec, RangeSpec, TagSpec, parse_spec
from holdfast_resolver.values.npm import OPTIONAL, PEER, PEER_OPTIONAL, NpmManifest, NpmOverride, NpmRequirement
from holdfast_resolver.values.npm_entries import Condition

SourceOf = Callable[[str], str]  # package -> the name of its source

# Kind of a wish -> kind of the lock's input, and of the requirement.
KINDS = {
    "dependency": ("project", ""),
    "dev": ("dev", ""),
    "optional": ("optional", OPTIONAL),
    "peer": ("peer", PEER),
    "peer optional": ("peer", PEER_OPTIONAL),
}


def npm_inputs(manifest: NpmManifest, source_of: SourceOf) -> tuple[tuple[str, tuple[NpmRequirement, ...]], ...]:
    """Return (kind of input, requirements sorted by their text) of a manifest, without the kinds that it has none of.

    `source_of` gives the name of a package's source. Wishes that no registry serves are left out.
    """
    found: dict[str, list[NpmRequirement]] = {}
    for wish in manifest.wishes:
        kind, marker = KINDS[wish.kind]
        requirement = _requirement(wish.name, wish.spec, source_of, Condition(marker))
        if requirement is not None:
            found.setdefault(kind, []).append(requirement)
    for override in manifest.overrides:
        requirement = requirement_of_override(override, source_of)
        if requirement is not None:
            found.setdefault("override", []).append(requirement)
    return tuple([(kind, tuple(sorted(set(entries), key=str))) for kind, entries in found.items()])


def requirement_of_override(override: NpmOverride, source_of: SourceOf) -> NpmRequirement | None:
    """Return an override as the entry of an input; None where it becomes what no registry serves.

    >>> str(requirement_of_override(NpmOverride((("a", "^1"),), "b", "^2", "3"), lambda name: "npm"))
    'npm:b 3 ; of ^2 below a@^1'
    """
    condition = Condition(range=override.range, within=override.within)
    return _requirement(override.name, override.spec, source_of, condition)


def _requirement(name: str, spec: str, source_of: SourceOf, condition: Condition) -> NpmRequirement | None:
    read = parse_spec(name, spec)
    if isinstance(read, AliasSpec):
        if read.target.name != name:
            condition = condition._replace(alias=name)
        read = read.target
    match read:
        case RangeSpec():
            range_ = read.range
        case TagSpec():
            range_ = read.tag
        case _:
            return None
    return NpmRequirement(source_of(read.name), read.name, (), range_, str(condition))
