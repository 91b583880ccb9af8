"""What the manifests of an npm project ask for, as the wishes that a lock answers.

    "react": "^18"              in dependencies       npm:react ^18                        project
    "react": ">=17"             in peerDependencies   npm:react >=17 ; peer                peer
    "old": "npm:new@2"          in devDependencies    npm:new 2 ; as old                   dev
    overrides {"a": {"b": "1"}}                       npm:b 1 ; below a                    override

A wish that a workspace of the project serves is none: nothing is locked for it. Knows manifests; no lock, no registry.
"""

from __future__ import annotations

from functools import lru_cache

from holdfast_resolver.errors import InvalidRange, ManifestError
from holdfast_resolver.manifests.npm_specs import AliasSpec, RangeSpec, TagSpec, WorkspaceSpec, parse_spec
from holdfast_resolver.values.npm import NpmManifest, NpmOverride, NpmRequirement, NpmWish
from holdfast_resolver.values.npm_entries import Condition
from holdfast_resolver.values.wishes import Wish
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.semver import SEMVER
from holdfast_resolver.versions.semver_ranges import range_mask

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Callable

OVERRIDE = "override"
_KINDS = {"dependency": "project", "dev": "dev", "optional": "optional", "peer": "peer", "peer optional": "peer"}
_WORDS = {"optional": "optional", "peer": "peer", "peer optional": "peer optional"}


def npm_wishes(manifests: tuple[NpmManifest, ...], source_of: Callable[[str], str]) -> tuple[Wish, ...]:
    """Return the wishes of a project, its root's overrides behind them; `source_of` gives the source of a name.

    Raises `ManifestError` for two wishes of the root that npm has one folder for.
    """
    if not manifests:
        return ()
    _check_folders(manifests[0])
    members = {manifest.name: manifest.version for manifest in manifests[1:]}
    wishes = []
    for manifest in manifests:
        for wish in manifest.wishes:
            requirement = _requirement(wish, members, source_of)
            if requirement is not None:
                wishes.append(Wish(requirement, _KINDS[wish.kind], "", wish.path, wish.line))
    root = manifests[0]
    wishes += [Wish(_override(one, source_of), OVERRIDE, "", root.path, one.line) for one in root.overrides]
    return tuple(wishes)


def _check_folders(root: NpmManifest) -> None:
    """Refuse names that differ by case alone: npm would install one of them and say nothing of the other."""
    seen: dict[str, NpmWish] = {}
    for wish in root.wishes:
        other = seen.setdefault(wish.name.lower(), wish)
        if other.name != wish.name:
            raise ManifestError(
                wish.path,
                "names that differ by more than capital letters, since npm has one folder for both",
                f"{other.name} and {wish.name}",
                wish.line,
                hint=f'give one another name: "another": "npm:{wish.name}@{wish.spec}"',
            )


def _requirement(wish: NpmWish, members: dict[str, str], source_of: Callable[[str], str]) -> NpmRequirement | None:
    """The requirement of a wish; None for one that a workspace serves."""
    spec = parse_spec(wish.name, wish.spec)
    if isinstance(spec, WorkspaceSpec):
        return None
    target = spec.target if isinstance(spec, AliasSpec) else spec
    assert isinstance(target, RangeSpec | TagSpec), f"{wish.path}:{wish.line}: checked when it was read"
    text = target.range if isinstance(target, RangeSpec) else target.tag
    if target.name in members and isinstance(target, RangeSpec) and _admits(text, members[target.name]):
        return None
    marker = _WORDS.get(wish.kind, "")
    if target.name != wish.name:
        marker = f"{marker} as {wish.name}".lstrip()
    return NpmRequirement(source_of(target.name), target.name, (), text, marker)


def _override(override: NpmOverride, source_of: Callable[[str], str]) -> NpmRequirement:
    spec = parse_spec(override.name, override.spec)
    target = spec.target if isinstance(spec, AliasSpec) else spec
    assert isinstance(target, RangeSpec | TagSpec), f"override of {override.name}: checked when it was read"
    alias = override.name if target.name != override.name else ""
    condition = Condition("", alias, override.range, override.within)
    text = target.range if isinstance(target, RangeSpec) else target.tag
    marker = str(condition) if any(condition) else ""
    return NpmRequirement(source_of(target.name), target.name, (), text, marker)


@lru_cache(maxsize=1000)
def _admits(text: str, version: str) -> bool:
    """Whether a range takes the version of a workspace, which may have none."""
    if text == "*":
        return True
    try:
        return bool(version and range_mask(Candidates.from_versions([version], SEMVER), text, loose=True))
    except InvalidRange:
        return False
