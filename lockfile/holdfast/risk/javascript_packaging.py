"""What npm does with a package when it is installed, and what its manifest says: `package.json`, `binding.gyp`.

npm runs `preinstall`, `install` and `postinstall` of a dependency; `prepare` only of one that comes from a repository.
A package with a `binding.gyp` and neither `install` nor `preinstall` is built with node-gyp, unless it says
`"gypfile": false`. Source: npm's documentation, "scripts", "Life Cycle Operation Order" and "Default values".

Knows npm's rules; never a registry or an archive's layout beyond its first folder.
"""

import json
import re
from collections.abc import Iterable, Sequence
from posixpath import normpath

from holdfast.model.scan import Evidence, Scan, Unread
from holdfast.risk.bounded_evidence import together
from holdfast.risk.javascript_code import is_javascript, scan_javascript
from holdfast.risk.javascript_started import started_files
from holdfast.risk.javascript_typescript import idle_typescript
from holdfast.risk.native_files import native_kind
from holdfast.risk.rules import Rule
from holdfast.risk.texts import scan_command

INSTALL_SCRIPT = "javascript-install-script"
IMPLIED_BUILD = "javascript-implied-build"
COMPILED = "javascript-compiled-code"
_RUN = ("preinstall", "install", "postinstall")
_LARGEST = 4_000_000  # bytes of a manifest
_NODE = re.compile(
    r"(?:^|[\s;&|])node(?:\.exe)?\s+(?:-(?:-?[\w-]+(?:=\S+)?)\s+)*(?:\"([^\"]+)\"|'([^']+)'|([^\s;&|\"'-][^\s;&|]*))"
)
_INLINE = re.compile(
    r"(?:^|[\s;&|])node\s+(?:-\S+\s+)*(?:-e|-p|-pe|--eval|--print)\s+(?:\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|(\S+))"
)
_BUNDLED = re.compile(r"[^/]+/node_modules/(?:@[^/]+/)?[^/]+/package\.json")  # npm runs the scripts of these too
_REQUIRED = re.compile(r"(?:require|import)\s*\(\s*\\?['\"](\.{1,2}/[^'\"\\]+)")  # in `node -e "require('./x')"`


def _rule(name: str, capability: str, severity: str, sign: str, yes: str, no: str, file: str) -> Rule:
    return Rule(name, capability, severity, "javascript", (sign,), "", yes, no, file)


RULES = (
    _rule(
        INSTALL_SCRIPT,
        "install-script",
        "medium",
        "script",
        '{"name": "a", "scripts": {"postinstall": "node build.js"}}',
        '{"name": "a", "scripts": {"test": "node test.js", "prepare": "tsc"}}',
        "package/package.json",
    ),
    _rule(
        IMPLIED_BUILD,
        "install-script",
        "medium",
        "binding.gyp",
        '{"name": "a"}',
        '{"name": "a", "gypfile": false}',
        "package/package.json",
    ),
    _rule(COMPILED, "native-code", "medium", "first bytes", "\x7fELF\x02", "ELF", "package/a.node"),
)


def scan_manifest(path: str, data: bytes, members: Iterable[str], *, is_repository: bool = False) -> Scan:
    """Return what a package's own `package.json` says; `members` are the paths of its archive.

    `is_repository` is whether npm gets the package from a repository, and so runs `prepare`.
    """
    if len(data) > _LARGEST:
        return Scan(unread=(Unread(path, f"{len(data)} bytes, more than {_LARGEST}"),), files=1, size=len(data))
    manifest = _object(data)
    if manifest is None:
        return Scan(unread=(Unread(path, "no JSON object"),), files=1, size=len(data))
    evidence = set[Evidence]()
    scripts = _scripts(manifest)
    for name in (*_RUN, "prepare") if is_repository else _RUN:
        if name in scripts:
            evidence.update(_script(path, _line_of(data, name), name, scripts[name]))
    gyp = path.removesuffix("package.json") + "binding.gyp"
    if gyp in members and not {"install", "preinstall"} & set(scripts) and manifest.get("gypfile") is not False:
        evidence.add(Evidence("install-script", IMPLIED_BUILD, gyp, 0, "install: node-gyp rebuild", "install"))
    own = manifest.get("name")
    return Scan(
        evidence=tuple(sorted(evidence)),
        provides=(own,) if isinstance(own, str) and own else (),
        files=1,
        size=len(data),
        licence=_licence(manifest),
    )


def installed_files(path: str, data: bytes) -> tuple[str, ...]:
    """Return the paths of the archive's files that the install scripts start with node, as they may be spelled.

    "node install" may mean `install`, `install.js` or `install/index.js`: each is named.
    """
    manifest = _object(data) if len(data) <= _LARGEST else None
    scripts = _scripts(manifest or {})
    folder = path.removesuffix("package.json")
    names: list[str] = []
    for name in _RUN:
        script = scripts.get(name, "")[:20_000]
        names += [match[1] or match[2] or match[3] for match in _NODE.finditer(script)]
        names += _REQUIRED.findall(script)
    found: set[str] = set()
    for plain in (normpath(folder + one) for one in names if not set(one) & set("(){};'\"")):
        found.update((plain, f"{plain}.js", f"{plain}.cjs", f"{plain}/index.js"))
    return tuple(sorted(found))


def scan_binary(path: str, data: bytes) -> Scan:
    """Return whether a file is compiled code, by its first bytes, whatever its name is."""
    what = native_kind(data)
    evidence = (Evidence("native-code", COMPILED, path, 0, what, "call"),) if what else ()
    return Scan(evidence, files=1, size=len(data))


def _script(path: str, line: int, name: str, command: str) -> Iterable[Evidence]:
    shown = " ".join(command.split())[:160]
    yield Evidence("install-script", INSTALL_SCRIPT, path, line, f"{name}: {shown}", "install")
    yield from scan_command(path, line, command)
    for match in _INLINE.finditer(command[:100_000]):
        code = (match[1] or match[2] or match[3] or "").replace('\\"', '"')
        for one in scan_javascript(path, code.encode("utf-8", "replace"), "install").evidence:
            yield one._replace(line=line)


def _object(data: bytes) -> dict[str, object] | None:
    try:
        found = json.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _scripts(manifest: dict[str, object]) -> dict[str, str]:
    found = manifest.get("scripts")
    return {k: v for k, v in found.items() if isinstance(v, str) and v.strip()} if isinstance(found, dict) else {}


def _line_of(data: bytes, key: str) -> int:
    scripts = max(data.find(b'"scripts"'), 0)
    at = data.find(f'"{key}"'.encode(), scripts)
    return data.count(b"\n", 0, at) + 1 if at >= 0 else 0


def _licence(manifest: dict[str, object]) -> str:
    """Return the licence; old manifests have an object, or a list of such, of which any may be chosen."""
    found = manifest.get("license", manifest.get("licenses", manifest.get("licence")))
    names = [_licence_name(one) for one in (found if isinstance(found, list) else [found])]
    named = [one for one in names if one]
    return named[0] if len(named) == 1 else f"({' OR '.join(named)})" if named else ""


def _licence_name(found: object) -> str:
    if isinstance(found, dict):
        found = found.get("type", found.get("name"))
    return " ".join(found.split())[:200] if isinstance(found, str) else ""


def scan_package(name: str, files: Sequence[tuple[str, bytes]]) -> Scan:
    """Return what a package of npm shows; `files` are (path, bytes) of its archive, under their first folder.

    Files that an install script starts are read as code that runs when the package is installed, and files that Node
    runs as code under names of something else.
    """
    paths = {path for path, _ in files}
    # npm drops the first folder of every path: whichever of several manifests it takes, all are read.
    manifests = [path for path in sorted(paths) if path.endswith("/package.json") and path.count("/") == 1]
    bundled = [path for path in sorted(paths) if _BUNDLED.fullmatch(path)]
    scans, at_install, licence = [], set[str](), ""
    for path, data in files:
        if path in manifests or path in bundled:
            scans.append(scan_manifest(path, data, paths))
            at_install.update(installed_files(path, data))
            licence = scans[-1].licence if [path] == manifests[:1] else licence
    started = started_files(files, at_install)
    idle = idle_typescript(files, (*started, *at_install))
    for path, data in files:
        if is_javascript(path):
            moment = "install" if path in at_install else "call" if path in idle else "import"
            scans.append(scan_javascript(path, data, moment))
        elif path in started:
            scans.append(_started(path, data, started[path]))
        elif not path.endswith(".json"):
            scans.append(scan_binary(path, data))
    counted = [one._replace(files=0, size=0) for one in scans]
    everything = Scan(files=len(files), size=sum(len(data) for _, data in files))
    return together([*counted, everything], (name,), licence)


def _started(path: str, data: bytes, moment: str) -> Scan:
    """A file that something names as code. Where Node would refuse it and nothing shows, it is none."""
    scan = scan_javascript(path, data, moment)
    return Scan() if scan.unread and data[:2] != b"#!" and not scan.evidence else scan
