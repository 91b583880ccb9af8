"""`overrides` of a `package.json`, flattened: each rule with the chain of packages below which it holds.

    {"a": {".": "1", "b@^2": "$b"}}     a becomes 1; b in ^2 below a becomes what the project asks of b

Knows npm's documentation of `package.json`, "overrides". A rule that only leads to inner ones is kept too: it becomes
the range of its own key, or "*", which changes nothing but hides an outer rule for the same key, as in npm.
Which rule holds for a dependency is the business of `placement`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from holdfast_resolver.errors import InvalidInput, InvalidRange, ManifestError
from holdfast_resolver.manifests.json_places import JsonDocument, KeyPath, key_path, type_name
from holdfast_resolver.manifests.npm_specs import parse_spec, split_name
from holdfast_resolver.values.npm import NpmOverride
from holdfast_resolver.values.npm_names import fault_of_npm_name
from holdfast_resolver.versions.npm_ranges import ANY, npm_range

_Chain = tuple[tuple[str, str], ...]


def flat_overrides(document: JsonDocument, direct: Mapping[str, str]) -> tuple[NpmOverride, ...]:
    """Return the overrides of a manifest, outer ones before inner ones, as written otherwise.

    `direct` is the project's own wishes, name -> spec, which `$name` stands for. Raises `ManifestError`.
    """
    return tuple(_rules(document, direct, document.data.get("overrides", {}), ("overrides",), ()))


def override_key(key: str) -> tuple[str, str]:
    """Cut a key `name` or `name@range`; the range in its stored spelling, "" for any.

    Raises `InvalidRequirement` or `InvalidRange`.

    >>> override_key("@acme/core@^ 1"), override_key("core@*")
    (('@acme/core', '^1'), ('core', ''))
    """
    name, written = split_name(key)
    fault = fault_of_npm_name(name)
    if fault:
        raise InvalidRange(name, f"{fault} before '@'" if written else fault, 0)
    range_ = npm_range(written)
    return name, "" if range_ == ANY else range_


def override_spec(name: str, spec: str, direct: Mapping[str, str]) -> str:
    """Return what an override's value stands for: `$name` is replaced, "" is "*". Raises `InvalidRequirement`."""
    if spec[:1] == "$":
        meant = direct.get(spec[1:])
        if meant is None:
            raise InvalidRange(spec, "a direct dependency of the project after '$'", 1)
        spec = meant
    parse_spec(name, spec)
    return spec or ANY


def _rules(
    document: JsonDocument, direct: Mapping[str, str], table: object, keys: KeyPath, within: _Chain
) -> Iterator[NpmOverride]:
    if not isinstance(table, dict):
        raise _refuse(document, keys, "an object", type_name(table))
    for key, value in table.items():
        if key == ".":
            if not within:
                raise _refuse(document, (*keys, key), "the name of a package", "'.' outside of a package's own object")
            continue
        place: KeyPath = (*keys, key)
        own = value
        if isinstance(value, dict):
            own = value.get(".", None)
            place = (*place, ".") if "." in value else place
        elif not isinstance(value, str):
            raise _refuse(document, place, "a spec or an object", type_name(value))
        try:
            name, range_ = override_key(key)
            if own is not None and not isinstance(own, str):
                raise _refuse(document, place, "a spec", type_name(own))
            spec = (range_ or ANY) if own is None else override_spec(name, own, direct)
        except InvalidInput as error:
            raise _refuse(document, place, error.expected, error.text) from None
        yield NpmOverride(within, name, range_, spec, document.line(*place))
        if isinstance(value, dict):
            yield from _rules(document, direct, value, (*keys, key), (*within, (name, range_)))


def _refuse(document: JsonDocument, keys: KeyPath, expected: str, found: str) -> ManifestError:
    line, column = document.place(*keys)
    return ManifestError(document.path, f"{key_path(keys)}: {expected}", found, line, column)
