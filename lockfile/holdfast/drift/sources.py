"""Configured sources against lock: does every name still come from where it was locked?

Knows the lock's `[[source]]` blocks and the configured sources. Never reaches an index.
"""

from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Lock
from holdfast_resolver.values.wishes import Source

NPM = "npm"
MAIN = "pypi"  # the name of the main index, and the identity of the public default, which no lock writes down


def compare_sources(
    lock: Lock,
    sources: tuple[Source, ...],
    configuration_path: str = "pyproject.toml",
    lock_path: str = "holdfast.lock",
) -> tuple[Finding, ...]:
    """Return a `source-changed` finding per used source with another identity, and per pin from elsewhere.

    `sources` are the mapped ones, and the main index where it shall be compared. A configured source that the
    lock does not use is no drift, unless its patterns claim the name of a pin that is locked from elsewhere.
    """
    npm = tuple([source for source in sources if source.kind == NPM])
    sources = tuple([source for source in sources if source.kind != NPM])
    of_npm = {source.name for source in lock.sources if source.kind == NPM}
    configured = {source.name: source.identity or MAIN for source in sources}
    locked = {source.name: source.root or source.identity or MAIN for source in lock.sources if source.kind != NPM}
    used = {pin.source for pin in lock.packages if pin.npm is None} | locked.keys()
    findings = []
    for name in sorted(used):
        before, now = locked.get(name, MAIN), configured.get(name, "")
        if before != now and (now or name != MAIN):
            findings.append(_finding(name, now or "no such source", before, configuration_path, lock_path))
    patterns = [(pattern, source.name) for source in sources for pattern in source.packages]
    registries = [source.name for source in sources if source.kind == "modules"]
    for pin in lock.packages if patterns else ():
        if pin.npm is not None or (pin.module is not None and len(registries) == 1):
            continue  # the only module registry takes every module
        owner = next((name for pattern, name in patterns if matches(pattern, pin.name)), MAIN)
        if owner != pin.source:
            subject = f"{pin.name} {pin.version}"
            expected, found = f"from the source {owner}", f"from the source {pin.source}"
            findings.append(_finding(subject, expected, found, configuration_path, lock_path))
    if npm:
        findings += _npm(lock, npm, of_npm, configuration_path, lock_path)
    return tuple(findings)


def _npm(
    lock: Lock, sources: tuple[Source, ...], known: set[str], configuration_path: str, lock_path: str
) -> list[Finding]:
    """The same of npm packages. Registries that only `.npmrc` names are not compared: it may be of a person."""
    locked = {source.name: source.identity for source in lock.sources}
    findings = [
        _finding(source.name, source.identity, locked[source.name], configuration_path, lock_path)
        for source in sources
        if source.name in known and locked[source.name] != source.identity
    ]
    patterns = [(pattern, source.name) for source in sources for pattern in source.packages]
    own = {source.name for source in sources if source.name != NPM}
    for pin in lock.packages:
        if pin.npm is None:
            continue
        owner = next((name for pattern, name in patterns if matches(pattern, pin.name)), "")
        if owner != pin.source and (owner or pin.source in own):
            subject = f"{pin.name} {pin.version}"
            expected, found = f"from the source {owner or NPM}", f"from the source {pin.source}"
            findings.append(_finding(subject, expected, found, configuration_path, lock_path))
    return findings


def matches(pattern: str, name: str) -> bool:
    """Whether a pattern of `[sources]`, a name or a prefix with `*`, claims a normalised name.

    >>> matches("acme-*", "acme-tools"), matches("acme", "acme-tools")
    (True, False)
    """
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def _finding(subject: str, expected: str, found: str, configuration_path: str, lock_path: str) -> Finding:
    from holdfast.findings.codes import severity  # start-up: only when something is found

    return Finding(
        "source-changed",
        severity("source-changed"),
        subject,
        f"{expected} ({configuration_path})",
        f"{found} ({lock_path})",
        hints=("holdfast lock",),
        place=Place(configuration_path),
    )
