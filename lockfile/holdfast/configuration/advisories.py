"""`[advisories]`: where what is known of releases comes from, besides the registries of modules.

    [advisories]
    url = "https://osv.acme.example/"       # a service that speaks the OSV API
    ask = ["pypi", "npm"]                   # whose packages are named to it; without it: those two
    records = ["advisories/", "npm.zip"]    # folders and ZIP archives of OSV records, relative to the project

Rule 1: no service is asked that the project does not name, and no package of another index is named to it unless `ask`
says so: the names of private packages are nobody's business.
Rule 2: credentials never stand in a configuration.
"""

from holdfast.configuration.configuration import AdvisorySources
from holdfast.configuration.tables import Table
from holdfast_resolver.clients.urls import split_url

_ASK = ("pypi", "npm")
_EXPECTED = "the address of a service that speaks the OSV API, such as https://osv.acme.example/"


def read_advisories(table: Table, sources: tuple[str, ...]) -> AdvisorySources:
    """Return `[advisories]`; `table` is the whole configuration, `sources` those of packages by name.

    Raises `ConfigurationError`.
    """
    section = table.table("advisories")
    section.check_keys(("url", "ask", "records"))
    url = _url(section) if "url" in section.data else ""
    ask = section.strings("ask") if "ask" in section.data else _ASK if url else ()
    if ask and not url:
        raise section.refusal(("ask",), f"url: {_EXPECTED}", "no url")
    if url and not ask:
        raise section.refusal(("ask",), "at least one source, or no such key", "an empty array")
    for index, name in enumerate(ask):
        if name not in sources:
            raise section.refusal(("ask", index), "one of the sources " + ", ".join(sorted(set(sources))), name)
    records = section.strings("records")
    for index, path in enumerate(records):
        _check_path(section, index, path)
    return AdvisorySources(url, tuple(dict.fromkeys(ask)), tuple(dict.fromkeys(records)))


def _url(section: Table) -> str:
    written = section.required("url", _EXPECTED)
    if "@" in written:
        hint = "put the credentials into ~/.netrc, for the host of the service"
        raise section.refusal(("url",), "an address without credentials", "credentials", hint)
    parts = split_url(written)
    if parts.scheme not in ("http", "https") or not parts.host or parts.port < 0 or not written.isascii():
        raise section.refusal(("url",), _EXPECTED, written)
    if "?" in written or "#" in written or " " in written or "\\" in written:
        raise section.refusal(("url",), _EXPECTED, written)
    return written if written.endswith("/") else written + "/"


def _check_path(section: Table, index: int, path: str) -> None:
    """Below the project, so that the configuration means the same on every machine."""
    parts = path.removesuffix("/").split("/")
    if path.startswith(("/", "~")) or "\\" in path or ":" in parts[0] or any(part in ("", ".", "..") for part in parts):
        expected = "a folder or a ZIP archive below the project, such as advisories/ or npm.zip"
        hint = "name another place with --advisories when you run the audit"
        raise section.refusal(("records", index), expected, path or "an empty string", hint)
