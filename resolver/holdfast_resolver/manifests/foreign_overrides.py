"""Overrides that a `package.json` states for pnpm or for Yarn: `pnpm.overrides` and `resolutions`.

    "pnpm": {"overrides": {"a@1>b": "2"}}       b becomes 2 below a in 1        (pnpm's settings, "overrides")
    "resolutions": {"a/**/b": "2", "c": "3"}    b becomes 2 below a, c becomes 3    (Yarn, "selective resolutions")

Each is read where the project is that manager's: `packageManager` names it, or the caller knows; `pnpm.overrides` also
where nothing speaks for another. npm reads neither. A rule with a parent holds below it at any depth.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from holdfast_resolver.errors import InvalidInput, ManifestError
from holdfast_resolver.manifests.json_places import JsonDocument, KeyPath, key_path, type_name
from holdfast_resolver.manifests.npm_overrides import flat_overrides, override_key, override_spec
from holdfast_resolver.values.npm import NpmOverride

NPM, PNPM, YARN = "npm", "pnpm", "yarn"
PNPM_PARENT = re.compile(r"(?<=[^ |@])>(?=[^=])")  # `a@1>b`: no comparison, which stands behind "@", "|" or a blank
_YARN_PART = re.compile(r"(?:@[^/@]+/)?[^/@]+(?:@(?:npm:)?[^/]*)?")  # "@scope/name", "name@npm:^1"


def project_overrides(document: JsonDocument, direct: Mapping[str, str], manager: str = "") -> tuple[NpmOverride, ...]:
    """Return the overrides of a manifest that count for its package manager: npm's own where it has no other.

    `direct` is the project's own wishes, name -> spec, which `$name` stands for; `manager` is `PNPM` or `YARN` where
    another file tells. Raises `ManifestError`.
    """
    data = document.data
    said = data.get("packageManager")
    manager = (said.partition("@")[0] if isinstance(said, str) else "") or manager
    pnpm = data.get("pnpm")
    is_pnpms = manager == PNPM or (not manager and "overrides" not in data)
    if is_pnpms and isinstance(pnpm, dict) and "overrides" in pnpm:
        return _rules(document, ("pnpm", "overrides"), pnpm["overrides"], direct, yarn=False)
    if "resolutions" in data and manager in (PNPM, YARN):
        return _rules(document, ("resolutions",), data["resolutions"], direct, yarn=manager == YARN)
    return flat_overrides(document, direct)


def yarn_path(key: str) -> list[str]:
    """Return the packages of a key of `resolutions`, the one that is meant last.

    >>> yarn_path("@a/b/**/c"), yarn_path("**/d@npm:^1")
    (['@a/b', 'c'], ['d@^1'])
    """
    return [part.replace("@npm:", "@") for part in _YARN_PART.findall(key) if part != "**"]


def _rules(
    document: JsonDocument, keys: KeyPath, table: object, direct: Mapping[str, str], *, yarn: bool
) -> tuple[NpmOverride, ...]:
    if not isinstance(table, dict):
        raise _refuse(document, keys, "an object", type_name(table))
    found = []
    for key, value in table.items():
        place: KeyPath = (*keys, key)
        if not isinstance(value, str):
            raise _refuse(document, place, "a spec", type_name(value))
        if value == "-":
            raise _refuse(document, place, "a spec", "-, which takes a dependency away")
        *parents, own = (yarn_path(key) if yarn else PNPM_PARENT.split(key)) or [key]
        try:
            within = tuple([override_key(parent) for parent in parents])
            name, range_ = override_key(own)
            spec = override_spec(name, value, direct)
        except InvalidInput as error:
            raise _refuse(document, place, error.expected, error.text) from None
        found.append(NpmOverride(within, name, range_, spec, document.line(*place)))
    return tuple(found)


def _refuse(document: JsonDocument, keys: KeyPath, expected: str, found: str) -> ManifestError:
    line, column = document.place(*keys)
    return ManifestError(document.path, f"{key_path(keys)}: {expected}", found, line, column)
