"""The lowest engines that a project admits: what its releases have to suit, on whatever machine it is locked.

    "engines": {"node": "^18.12 || >=20"}  -->  node 18.12.0

npm asks the Node that it runs on; a lock has to be the same everywhere. Knows ranges; nothing that runs.
"""

from __future__ import annotations

import re

from holdfast_resolver.errors import InvalidRange
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.semver import SEMVER
from holdfast_resolver.versions.semver_ranges import range_mask

_ENGINES = ("node", "npm")
_VERSION = re.compile(r"(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?")


def lowest_engines(engines: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return (engine, version) for Node and npm: the lowest release that the project's range admits.

    An engine without a range, or with one that nothing is in or that is unbounded below, is left out.

    >>> lowest_engines((("node", ">16.1 <23"), ("npm", "*")))
    (('node', '16.2.0'),)
    """
    found = []
    for name, text in engines:
        if name in _ENGINES:
            version = _lowest(text)
            if version:
                found.append((name, version))
    return tuple(sorted(found))


def _lowest(text: str) -> str:
    candidates = ["0.0.0"]
    for match in _VERSION.finditer(text):
        major, minor, patch = (int(part or 0) for part in match.groups())
        # `>16` begins at 17, `>16.1` at 16.2, `>16.1.2` at 16.1.3
        candidates += [f"{major}.{minor}.{patch}", f"{major + 1}.0.0", f"{major}.{minor + 1}.0"]
        candidates.append(f"{major}.{minor}.{patch + 1}")
    table = Candidates.from_versions(candidates, SEMVER)
    try:
        mask = range_mask(table, text, loose=True)
    except InvalidRange:
        return ""
    lowest = (mask & -mask).bit_length() - 1
    return table.versions[lowest] if lowest > 0 else ""
