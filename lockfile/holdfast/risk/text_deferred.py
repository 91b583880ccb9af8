"""Further code that a text names, and that is fetched when it runs or is followed.

    # /// script
    # dependencies = ["requests"]
    # ///

Source: PEP 723. Knows the shapes; never registries.
"""

import re
from collections.abc import Iterator

Found = tuple[str, int, str]

_BLOCK = re.compile(rb"^# /// script[ \t]*\r?\n((?:#(?: [^\n]*)?\n){1,400}?)# ///[ \t]*\r?$", re.MULTILINE)
_DEPENDENCIES = re.compile(rb"^#[ \t]+dependencies[ \t]*=[ \t]*\[([^\]]*)\]", re.MULTILINE)
_NAME = re.compile(rb"[\"']([^\"'\n]{1,100})[\"']")
_ADDRESS = re.compile(rb"\bhttps?://([A-Za-z0-9.-]{1,253}(?::\d{1,5})?)(?![A-Za-z0-9.$%{<-])")
_MOST_HOSTS = 200


def script_dependencies(data: bytes) -> Iterator[Found]:
    """Yield the dependencies that a script names for whoever starts it."""
    if b"# /// script" not in data:
        return
    for block in _BLOCK.finditer(data):
        for found in _DEPENDENCIES.finditer(block.group(1)):
            names = [one.decode("utf-8", "replace") for one in _NAME.findall(found.group(1))]
            if names:
                yield "deferred pep723", block.start(1) + found.start(), ", ".join(names)[:200]


def addresses(data: bytes) -> Iterator[Found]:
    """Yield the first mention of each host."""
    hosts: set[bytes] = set()
    for found in _ADDRESS.finditer(data):
        host = found.group(1).lower().rstrip(b".")
        if host not in hosts and len(hosts) < _MOST_HOSTS:
            hosts.add(host)
            yield "url address", found.start(), host.decode()
