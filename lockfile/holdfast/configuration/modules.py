"""`[modules]` and the sources of kind "modules": which signed modules a project wants, and from where.

    [modules]
    "@acme/guards" = "^2.1"

    [sources.acme]
    kind = "modules"
    url = "https://modules.acme.example/"
    root = "sha256:77ab..."
    packages = ["@acme/*"]

Rule 1: a module resolves in exactly one source. A lone module source has every name; of several, each says which
names are its own, and no two claim a name.
Rule 2: a module source is what its root digest says; where it is served from is no part of what it is.
"""

from holdfast.configuration.configuration import Configuration, module_source_of
from holdfast.configuration.tables import Table
from holdfast.errors import ConfigurationError
from holdfast_resolver.errors import InvalidRange
from holdfast_resolver.manifests.toml import type_name
from holdfast_resolver.values.modules import is_module_name, is_module_pattern, pattern_claims
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.wishes import Source, Wish

KIND = "modules"
EXPECTED_NAME = "a module name such as @scope/name, of lower-case ASCII letters, digits and single '-'"
EXPECTED_PATTERN = "a module name such as @acme/guards, or a scope such as @acme/*"
EXPECTED_RANGE = "a version range such as ^2.1"
_KEYS = ("kind", "url", "root", "packages")
_ROOT = "sha256:"
_HEX = frozenset("0123456789abcdef")


def read_module_source(section: Table, name: str, location: tuple[str, str]) -> Source:
    """Return `[sources.NAME]` of kind "modules"; `location` is its URL, as read. Raises `ConfigurationError`."""
    section.check_keys(_KEYS)
    hint = f"`holdfast registry init` prints it; it is the sha256 of .holdfast/roots/{name}.json"
    if "root" not in section.data:
        raise section.refusal((), "root: the digest of the registry's root of trust", "no root", hint)
    root = section.string("root")
    digest = root.removeprefix(_ROOT)
    if digest == root or len(digest) != 64 or not _HEX.issuperset(digest):
        raise section.refusal(("root",), "sha256: and 64 lower-case hex digits", root, hint)
    return Source(name, KIND, location[0], root, read_patterns(section, "packages"))


def read_patterns(section: Table, key: str) -> tuple[str, ...]:
    """Return the module names and scopes of an array; () when the key is missing."""
    patterns = section.strings(key)
    for index, pattern in enumerate(patterns):
        if not is_module_pattern(pattern):
            raise section.refusal((key, index), EXPECTED_PATTERN, pattern)
        if pattern in patterns[:index]:
            raise section.refusal((key, index), "each name once", pattern)
    return patterns


def check_claims(table: Table, sources: tuple[Source, ...]) -> None:
    """Refuse module sources of which two may have one name; `table` is `[sources]`. Raises `ConfigurationError`."""
    claims: list[tuple[str, str]] = []
    for source in sources:
        if not source.packages and len(sources) > 1:
            expected = f"packages: the modules that resolve in {source.name} and nowhere else"
            hint = f'add packages = ["@{source.name}/*"] to [sources.{source.name}]'
            raise table.refusal((source.name,), expected, "no packages", hint)
        for index, pattern in enumerate(source.packages):
            for other, owner in claims:
                if owner != source.name and (pattern_claims(pattern, other) or pattern_claims(other, pattern)):
                    expected = f"modules that no other source claims; {owner} has {other}"
                    raise table.refusal((source.name, "packages", index), expected, pattern)
            claims.append((pattern, source.name))


def read_modules(table: Table, sources: tuple[Source, ...]) -> tuple[Wish, ...]:
    """Return the wishes of `[modules]`, in the order of the file; `table` is the whole configuration.

    A value is a range, or a table that has one: "^2.1", { version = "^2.1" }. Raises `ConfigurationError`.
    """
    from holdfast_resolver.versions.semver import SEMVER  # start-up: only where there are modules

    section = table.table("modules")
    claimed = Configuration(module_sources=sources)
    wishes = []
    for name in section.data:
        if not is_module_name(name):
            shown = name if name.isprintable() else "a name with invisible characters"
            raise section.refusal((name,), EXPECTED_NAME, shown)
        text = _range(section, name)
        try:
            canonical = SEMVER.canonical_range(text)
        except InvalidRange as error:
            raise section.refusal((name,), error.expected, text) from None
        source = module_source_of(claimed, name)
        if not source:
            raise _unclaimed(section, name, sources)
        requirement = Requirement(source, name, range=canonical)
        wishes.append(Wish(requirement, "module", "", table.document.path, section.line(name)))
    return tuple(wishes)


def _range(section: Table, name: str) -> str:
    value = section.data[name]
    if isinstance(value, str):
        text = section.text(value, (name,))
    elif isinstance(value, dict):
        entry = section.table(name)
        if "path" in value:
            raise entry.refusal(("path",), "a version range", "a path", 'write it as { version = "^2.1" }')
        entry.check_keys(("version",))
        text = entry.required("version", EXPECTED_RANGE)
    else:
        raise section.refusal((name,), EXPECTED_RANGE, type_name(value))
    if not text.strip():
        raise section.refusal((name,), EXPECTED_RANGE, "an empty string", 'write "*" for any version')
    return text


def _unclaimed(section: Table, name: str, sources: tuple[Source, ...]) -> ConfigurationError:
    scope = name.partition("/")[0]
    if sources:
        hint = f'add "{scope}/*" to packages of [sources.{sources[0].name}], or a source that has it'
    else:
        own = scope[1:]
        hint = f'add [sources.{own}] with kind = "modules", url = "https://..." and root = "sha256:..."'
    return section.refusal((name,), "a module that one of the module sources claims", name, hint)
