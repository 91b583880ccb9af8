"""What a Python distribution's own metadata and paths say: its licence, what it requires on whatever condition, and
the modules that others import from it.

A licence is an SPDX expression: `License-Expression`, else `License` or one classifier where these can mean only one.
"""

import re
from collections.abc import Iterable

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from holdfast_resolver.values.names import normalize_name

# Free texts and classifiers that can mean only one licence. "BSD License" can mean several.
_MEANT = {
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license 2.0": "Apache-2.0",
    "bsd 2-clause": "BSD-2-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "bsd-3-clause license": "BSD-3-Clause",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "the mit license": "MIT",
    "mit no attribution license (mit-0)": "MIT-0",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "mpl 2.0": "MPL-2.0",
    "psf license": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
    "zlib/libpng license": "Zlib",
    "gnu affero general public license v3 or later (agplv3+)": "AGPL-3.0-or-later",
    "gnu general public license v2 or later (gplv2+)": "GPL-2.0-or-later",
    "gnu general public license v3 or later (gplv3+)": "GPL-3.0-or-later",
    "gnu lesser general public license v2 or later (lgplv2+)": "LGPL-2.0-or-later",
    "gnu lesser general public license v3 or later (lgplv3+)": "LGPL-3.0-or-later",
}
_FIELD = re.compile(r"(?im)^(license-expression|license|classifier):[ \t]*([^\r\n]*)$")
_REQUIRED = re.compile(r"(?im)^requires-dist:[ \t]*([a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?)(?![\w.-])")
_LONGEST = 200  # of an expression: a whole licence text is none
_HEADERS = 200_000
_MODULES = (".py", ".so", ".pyd")
_SHARING = (b"declare_namespace(", b"extend_path(")  # an __init__.py that shares its package with other releases
_DATA = re.compile(r"^[^/]+\.data/(purelib|platlib)/")


def licence(metadata: bytes) -> str:
    """Return the licence that METADATA or PKG-INFO declares, canonical; "" = none that is certain."""
    text = _headers(metadata)
    fields: dict[str, list[str]] = {}
    for name, value in _FIELD.findall(text):
        fields.setdefault(name.lower(), []).append(value.strip())
    for name in ("license-expression", "license"):
        for value in fields.get(name, ())[:1]:
            found = _expression(value)
            if found:
                return found
    classified = [one for one in fields.get("classifier", ()) if one.startswith("License ::")]
    named = {one.rpartition("::")[2].strip() for one in classified} - {"OSI Approved"}
    return _expression(named.pop()) if len(named) == 1 else ""


def required(metadata: bytes) -> tuple[str, ...]:
    """Return the names that METADATA or PKG-INFO requires, under a condition too, normalised and sorted."""
    return tuple(sorted({normalize_name(name) for name in _REQUIRED.findall(_headers(metadata))}))


def _headers(metadata: bytes) -> str:
    return metadata[:_HEADERS].decode("utf-8", "replace").replace("\r\n", "\n").partition("\n\n")[0]


def _expression(text: str) -> str:
    meant = _MEANT.get(text.lower(), text)
    if not meant or len(meant) > _LONGEST:
        return ""
    try:
        return str(canonicalize_license_expression(meant))
    except InvalidLicenseExpression:
        return ""


def provided(files: Iterable[tuple[str, bytes]]) -> tuple[str, ...]:
    """Return what an installed distribution lets others import, from its paths below the folder of packages, sorted.

    A folder without a module of its own (a namespace) is left out for what is in it: "google.auth", not "google".
    """
    folders: dict[str, set[str]] = {}  # folder -> names of modules and folders in it
    regular: set[str] = set()
    found: set[str] = set()
    for raw, data in files:
        path = _DATA.sub("", raw)
        parts = path.split("/")
        if not path.endswith(_MODULES) or parts[0].endswith((".dist-info", ".data", ".egg-info")):
            continue
        *above, file = parts
        if not all(part.isidentifier() for part in above):
            continue
        module = file.partition(".")[0]
        for depth, folder in enumerate(above):
            folders.setdefault("/".join(above[:depth]), set()).add(folder)
        here = "/".join(above)
        if module != "__init__":
            folders.setdefault(here, set()).add(module)
            if above and module.isidentifier():
                found.add(".".join([*above, module]))
        elif not any(word in data for word in _SHARING):
            regular.add(here)
        if not above and module.isidentifier():
            found.add(module)
    tops: set[str] = set()
    waiting = [(name, name) for name in folders.get("", ())]
    while waiting:
        folder, name = waiting.pop()
        if folder in regular or folder not in folders:
            if folder in regular or name in found:
                tops.add(name)
        else:
            waiting += [(f"{folder}/{one}", f"{name}.{one}") for one in folders[folder]]
    return tuple(sorted(tops))
