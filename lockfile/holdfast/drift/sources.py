"""Configured sources against lock: does every name still come from where it was locked?

Knows the lock's `[[source]]` blocks and the configured sources. Never reaches an index.
"""

from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Lock
from holdfast_resolver.values.wishes import Source

DEFAULT = "pypi"  # the identity of the public default, which a lock does not write down


def compare_sources(
    lock: Lock,
    sources: tuple[Source, ...],
    configuration_path: str = "pyproject.toml",
    lock_path: str = "holdfast.lock",
) -> tuple[Finding, ...]:
    """Return one `source-changed` finding per used source with another identity and per pin from another source.

    `sources` are the main index and the mapped ones. A configured source that the lock does not use is no drift,
    unless its patterns claim the name of a pin that is locked from elsewhere.
    """
    configured = {source.name: source.identity or DEFAULT for source in sources}
    configured.setdefault(DEFAULT, DEFAULT)
    locked = {source.name: source.identity or DEFAULT for source in lock.sources}
    used = {pin.source for pin in lock.packages} | locked.keys()
    findings = []
    for name in sorted(used):
        before, now = locked.get(name, DEFAULT), configured.get(name, "")
        if before != now:
            findings.append(_finding(name, now or "no such source", before, configuration_path, lock_path))
    patterns = [(pattern, source.name) for source in sources for pattern in source.packages]
    for pin in lock.packages if patterns else ():
        owner = next((name for pattern, name in patterns if matches(pattern, pin.name)), DEFAULT)
        if owner != pin.source:
            subject = f"{pin.name} {pin.version}"
            expected, found = f"from the source {owner}", f"from the source {pin.source}"
            findings.append(_finding(subject, expected, found, configuration_path, lock_path))
    return tuple(findings)


def matches(pattern: str, name: str) -> bool:
    """Whether a name pattern of `[sources]` claims a normalised name; `*` stands for any run of characters.

    >>> matches("acme-*", "acme-tools"), matches("acme", "acme-tools")
    (True, False)
    """
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == name
    last = rest.pop()
    if len(name) < len(first) + len(last) or not (name.startswith(first) and name.endswith(last)):
        return False
    start, end = len(first), len(name) - len(last)
    for part in rest:
        found = name.find(part, start, end)
        if found < 0:
            return False
        start = found + len(part)
    return True


def _finding(subject: str, expected: str, found: str, configuration_path: str, lock_path: str) -> Finding:
    return Finding(
        "source-changed",
        "error",
        subject,
        f"{expected} ({configuration_path})",
        f"{found} ({lock_path})",
        hints=("holdfast lock",),
        place=Place(configuration_path),
    )
