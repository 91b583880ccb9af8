"""`[sources.NAME]`: where packages come from, besides the main index that the ecosystem's own clients name.

    [sources.internal]
    kind = "pypi"
    url = "https://packages.acme.example/simple/"
    packages = ["acme-*"]

Rule 1: a name resolves in exactly one source, so an extra index must say which names are its own, and two
indexes may not both claim a name.
Rule 2: credentials never stand in a configuration.

Sources of signed modules (kind "modules") and of npm packages (kind "npm") are kept apart: no Python package ever
resolves in one.
"""

from holdfast.configuration.tables import Table
from holdfast_resolver.values.names import is_valid_name, normalize_name
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Source

MAIN = "pypi"  # the name of the main index of Python packages
NPM = "npm"  # the name of the main registry of npm packages
_KINDS = ("pypi", "modules", "npm")
_EXAMPLES = {
    "pypi": "a simple index, such as https://packages.acme.example/simple/",
    "modules": "a module registry, such as https://modules.acme.example/",
    "npm": "an npm registry, such as https://npm.acme.example/",
}
_KEYS = ("kind", "url", "packages")
_PORTS = {"http": ":80", "https": ":443"}


class Sources(NamedTuple):
    """`[sources]`, in the order of the file."""

    packages: tuple[Source, ...]  # of Python packages
    modules: tuple[Source, ...]  # of signed modules
    npm: tuple[Source, ...] = ()  # of npm packages


def read_sources(table: Table) -> Sources:
    """Read `[sources]`. Raises `ConfigurationError`."""
    sources: list[Source] = []
    modules: list[Source] = []
    npm: list[Source] = []
    claims: dict[str, str] = {}  # pattern -> source
    for name in table.data:
        if not is_valid_name(name) or normalize_name(name) != name:
            raise table.refusal((name,), "a source name of lower-case letters, digits and '-'")
        section = table.table(name)
        if name != MAIN:
            section.required("kind", "one of " + ", ".join(_KINDS))
        kind = section.choice("kind", _KINDS, MAIN)
        if kind != name and name in (MAIN, NPM):
            raise section.refusal(("kind",), f'"{name}" for the source {name}', kind)
        if kind == NPM:
            from holdfast.configuration.npm_sources import read_npm_source  # start-up: only where there is one

            npm.append(read_npm_source(section, name, _url(section, kind), npm))
            continue
        if kind == "modules":
            from holdfast.configuration.modules import read_module_source  # start-up: only where there is one

            modules.append(read_module_source(section, name, _url(section, kind)))
            continue
        section.check_keys(_KEYS)
        url, identity = _url(section, kind)
        packages = _packages(section, name, claims)
        sources.append(Source(name, kind, url, identity, packages))
    if modules:
        from holdfast.configuration.modules import check_claims  # start-up: see above

        check_claims(table, tuple(modules))
    return Sources(tuple(sources), tuple(modules), tuple(npm))


def _url(section: Table, kind: str) -> tuple[str, str]:
    # (the URL with a final "/", its identity): "HTTPS://Host:443/simple" -> both "https://host/simple/".
    written = section.required("url", f"the URL of {_EXAMPLES[kind]}")
    scheme, separator, rest = written.partition("://")
    scheme = scheme.lower()
    if not separator or scheme not in _PORTS:
        raise section.refusal(("url",), "a URL that starts with https:// or http://", _shown(written))
    authority, _, path = rest.partition("/")
    if "@" in authority:
        hint = "keep credentials in the environment, in netrc or in a keyring; the configuration is shared"
        raise section.refusal(("url",), "a URL without credentials", "a URL with credentials", hint)
    if not authority or not authority.isascii() or any(character in authority for character in '<>"\\^`{|} ?#'):
        raise section.refusal(("url",), "a URL with a host", written)
    if "?" in path or "#" in path or " " in path:
        raise section.refusal(("url",), "a URL without query, fragment and blanks", written)
    if any(segment in (".", "..") for segment in path.split("/")):
        raise section.refusal(("url",), "a URL without . and .. in its path", written)
    host = authority.lower().removesuffix(_PORTS[scheme])
    url = f"{scheme}://{host}/{path}"
    if not url.endswith("/"):
        url += "/"
    return url, url


def _shown(written: str) -> str:
    # What stands before an "@" may be a password.
    return "…@" + written.rpartition("@")[2] if "@" in written else written


def _packages(section: Table, name: str, claims: dict[str, str]) -> tuple[str, ...]:
    patterns = section.strings("packages")
    if name == MAIN:
        if patterns:
            hint = "the main index serves every name that no other source claims"
            raise section.refusal(("packages",), f"no packages for the main index {MAIN}", hint=hint)
        return ()
    if not patterns:
        raise section.refusal(
            (),
            f"packages: the names that resolve in {name} and nowhere else",
            "no packages",
            hint=f'add packages = ["{name}-*"] to [sources.{name}], or call it {MAIN} if it is the main one',
        )
    normal: list[str] = []
    for index, pattern in enumerate(patterns):
        place = ("packages", index)
        stem = pattern.removesuffix("*")
        if not is_valid_name(stem.rstrip("-_.") if stem != pattern else stem):
            raise section.refusal(place, "a package name or a beginning with '*', such as acme-*", pattern)
        text = normalize_name(stem) + pattern[len(stem) :]
        for other, owner in claims.items():
            from holdfast_resolver.values.name_patterns import patterns_overlap  # start-up: only with two sources

            if owner != name and patterns_overlap(text, other):
                raise section.refusal(place, f"names that no other source claims; {owner} has {other}", pattern)
        claims[text] = name
        if text not in normal:
            normal.append(text)
    return tuple(normal)
