"""What one artifact's code can do: its files, each given to the scanner of its kind. A pure function of its bytes.

Nothing is executed and nothing is unpacked. The same members and the same `SCANNER_VERSION` always give the same scan,
so a scan may be kept under the hash of the artifact and that version.
"""

import gc
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from holdfast.model.scan import Scan

# The first part counts up with every change of a rule or of a scanner. Python source is read by the grammar of the
# interpreter that runs this, so its version is part of the answer.
SCANNER_VERSION = f"4 python-{sys.version_info[0]}.{sys.version_info[1]}"

Files = list[tuple[str, bytes]]


def scan_artifact(kind: str, name: str, version: str, members: Iterable[tuple[str, bytes]]) -> Scan:
    """Return what an artifact shows. `kind`: "pypi", "npm" or "modules"; `members`: its files by path.

    Raises `KeyError` for another kind.
    """
    scanner = _SCANNERS[kind]
    files = sorted(members)
    with _without_collector():
        return scanner(name, files)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Syntax trees are many objects and no garbage: the collector would take a fifth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


# Start-up: each kind's scanner, with its libraries, is imported when an artifact of the kind is scanned.


def _python(name: str, files: Files) -> Scan:
    from holdfast.risk.bounded_evidence import together
    from holdfast.risk.python_distribution import scan_distribution

    scan = scan_distribution(name, files)
    scans = [scan, *_texts(files, for_agents=False)]
    return _counted(together(scans, scan.provides, scan.licence), files)


def _npm(name: str, files: Files) -> Scan:
    from holdfast.risk.bounded_evidence import together
    from holdfast.risk.javascript_packaging import scan_package

    scan = scan_package(name, files)
    scans = [scan, *_texts(files, for_agents=False)]
    return _counted(together(scans, scan.provides, scan.licence), files)


def _modules(name: str, files: Files) -> Scan:
    """A module of an agent: documents that are followed, and scripts of any language."""
    from holdfast.risk.bounded_evidence import together
    from holdfast.risk.javascript_code import is_javascript, scan_javascript
    from holdfast.risk.javascript_started import is_program
    from holdfast.risk.python_code import scan_python
    from holdfast.risk.python_distribution import is_script

    scans = _texts(files, for_agents=True)
    for path, data in files:
        if path.endswith((".py", ".pyw")) or is_script(path, data):
            scans.append(scan_python(path, data, "call"))
        elif is_javascript(path) or is_program(path, data):
            scans.append(scan_javascript(path, data, "call"))
    return _counted(together(scans, (name,)), files)


def _texts(files: Files, for_agents: bool) -> list[Scan]:
    from holdfast.risk.texts import is_text, scan_text

    return [scan_text(path, data, for_agents=for_agents) for path, data in files if is_text(path, data)]


def _counted(scan: Scan, files: Files) -> Scan:
    """Every file was looked at once, by however many scanners; what none of them opens is told."""
    from holdfast.risk.inner_archives import unread_archives

    unread = tuple(sorted({*scan.unread, *unread_archives(files)}))
    return scan._replace(unread=unread, files=len(files), size=sum([len(data) for _, data in files]))


_SCANNERS: Mapping[str, Callable[[str, Files], Scan]] = {"pypi": _python, "npm": _npm, "modules": _modules}
