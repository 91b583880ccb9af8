"""The patterns of a policy: which packages of which source, which permissions of modules, which licences.

    "acme:@acme/*"  "pypi:acme-*"  "npm:*"      packages of one source
    "*:acme-*"      "*"                         packages of every source (in rules only)
    "network"  "network:*.acme.example"  "program:git"  "environment:ACME_*"
    "MIT"  "GPL-2.0-only WITH Classpath-exception-2.0"

Rule: a pattern that could never match is refused, such as one of an unknown source or a name that no package has.
"""

from holdfast.configuration.tables import Table
from holdfast_resolver.manifests.toml import KeyPath
from holdfast_resolver.values.modules import is_module_pattern
from holdfast_resolver.values.names import is_valid_name, normalize_name
from holdfast_resolver.values.tuples import NamedTuple

EXPECTED = "a source, ':' and a name, a beginning or '*', such as acme:@acme/* or pypi:requests"
_ANY = "*"


class Kinds(NamedTuple):
    """The sources that a policy may name, and whether each is one of modules."""

    modules: tuple[str, ...]
    packages: tuple[str, ...]
    npm: tuple[str, ...] = ("npm",)  # of `packages`: those that have npm packages

    def check(self, section: Table, place: KeyPath, source: str) -> None:
        """Refuse a source that is not there."""
        if source not in self.modules and source not in self.packages:
            known = sorted({*self.modules, *self.packages})
            raise section.refusal(place, "one of the sources " + ", ".join(known), source or "an empty string")


def read_pattern(section: Table, place: KeyPath, text: str, kinds: Kinds) -> str:
    """Return a pattern of one source in its normal form: "pypi:Acme_*" is "pypi:acme-*"."""
    source, colon, pattern = text.partition(":")
    if not colon or not pattern:
        raise section.refusal(place, EXPECTED, text)
    kinds.check(section, place, source)
    normal = _normal(source, pattern, kinds)
    if not normal:
        raise section.refusal(place, EXPECTED, text)
    return normal


def read_patterns_of_rule(section: Table, kinds: Kinds) -> tuple[str, ...]:
    """Return the patterns of `package`, a string or an array; "*:acme-*" becomes one for each source that fits."""
    if "package" not in section.data:
        raise section.refusal((), f"package: {EXPECTED}, or '*' for all", "no package")
    many = isinstance(section.data["package"], list)
    texts = section.strings("package") if many else (section.string("package"),)
    found: list[str] = []
    for index, text in enumerate(texts):
        place: KeyPath = ("package", index) if many else ("package",)
        if text == _ANY:
            found.append(text)
        elif text.startswith("*:"):
            every = [_normal(source, text[2:], kinds) for source in (*kinds.packages, *kinds.modules)]
            if not any(every):
                raise section.refusal(place, EXPECTED, text)
            found += [one for one in every if one]
        else:
            found.append(read_pattern(section, place, text, kinds))
    if not found:
        raise section.refusal(("package",), "at least one pattern", "an empty array")
    return tuple(dict.fromkeys(found))


def _normal(source: str, pattern: str, kinds: Kinds) -> str:
    # "" for a pattern that no package of the source can match
    text = f"{source}:{pattern}"
    if pattern == _ANY:
        return text
    stem = pattern.removesuffix("*")
    valid = is_valid_name(stem.rstrip("-_.") if stem != pattern else stem)
    if source in kinds.npm:
        from holdfast_resolver.values.npm_names import is_npm_name  # start-up: only where there is npm

        return text if "*" not in stem and is_npm_name(stem if stem == pattern else f"{stem}x") else ""
    if source in kinds.modules:
        return text if is_module_pattern(pattern) else ""
    return f"{source}:{normalize_name(stem)}{pattern[len(stem) :]}" if valid else ""


def read_permissions(section: Table, key: str) -> tuple[str, ...]:
    """Return patterns of permissions, each "kind", "kind:value" or "kind:beginning*"."""
    # start-up: only where there are some
    from holdfast_resolver.manifests.module_permissions import fault_of_permission
    from holdfast_resolver.values.modules import PERMISSION_KINDS

    patterns = section.strings(key)
    for index, pattern in enumerate(patterns):
        kind, colon, value = pattern.partition(":")
        if kind not in PERMISSION_KINDS:
            expected = "a kind of permission, one of " + ", ".join(PERMISSION_KINDS) + ", alone or with ':' and a value"
            raise section.refusal((key, index), expected, pattern or "an empty string")
        if not colon or value == _ANY:
            continue
        fault = fault_of_permission(kind, value)
        if fault and (kind == "network" or not value.endswith("*") or fault_of_permission(kind, value[:-1] + "x")):
            raise section.refusal((key, index), f"{fault}, or '*', after {kind}:", pattern)
    return tuple(dict.fromkeys(patterns))


def read_licenses(section: Table) -> tuple[str, ...]:
    """Return the SPDX expressions of `licenses` in their canonical spelling; at least one."""
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression  # start-up: only here

    texts = section.strings("licenses")
    found: list[str] = []
    for index, text in enumerate(texts):
        try:
            found.append(canonicalize_license_expression(text))
        except InvalidLicenseExpression:
            expected = 'an SPDX license expression such as "MIT" or "LicenseRef-Acme"'
            raise section.refusal(("licenses", index), expected, text or "an empty string") from None
    if not found:
        raise section.refusal(("licenses",), "at least one license, or no such key", "an empty array")
    return tuple(dict.fromkeys(found))


def read_capabilities(section: Table, key: str) -> tuple[str, ...]:
    """Return names of capabilities. One that there is not would deny nothing, silently: it is refused."""
    names = section.strings(key)
    if not names:
        return ()
    from holdfast.model.scan import CAPABILITIES  # start-up: only where a policy speaks of them

    for index, name in enumerate(names):
        if name not in CAPABILITIES:
            raise section.refusal((key, index), f"one of {', '.join(CAPABILITIES)}", name or "an empty string")
    return tuple(dict.fromkeys(names))
