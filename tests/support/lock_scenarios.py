"""Locks as scenario text.

wish flask>=3.0                     a wish of pyproject.toml
wish pytest (group test)            in a group or an extra
constraint urllib3<2
override click>=8
flask 3.0.3                         a pin, with an sdist unless it names files
    click>=8.1                      its edges
    colorama ; sys_platform == 'win32'
numpy 1.26.4 | when python_version < '3.12' | python >=3.9 | files numpy-1.26.4-py3-none-any.whl
"""

from collections.abc import Iterable

from holdfast.model.lock import Input, Lock, LockedSource, Pin, PinnedArtifact, Scope
from holdfast_resolver.values.markers import canonical_marker
from holdfast_resolver.values.requirements import Requirement, parse_requirement
from holdfast_resolver.values.targets import Target, parse_target

TARGETS = tuple(
    parse_target(f"cp{minor} {platform}")
    for minor in ("311", "312")
    for platform in ("linux-x86_64 glibc-2.28", "macos-arm64 11.0", "windows-x86_64")
)


def digest(seed: str) -> str:
    """A digest that is told apart by its seed."""
    return "sha256:" + seed.encode().hex().ljust(64, "0")[:64]


def read_lock(text: str, targets: Iterable[Target] = TARGETS, sources: tuple[LockedSource, ...] = ()) -> Lock:
    """Read scenario text into a lock in canonical order."""
    inputs: dict[tuple[str, str], list[Requirement]] = {}
    pins: list[Pin] = []
    for line in text.splitlines():
        word, _, rest = line.strip().partition(" ")
        if not word:
            continue
        if line.startswith(" ") and pins and not line.startswith(("wish ", "constraint ", "override ")):
            entry, _, chosen = line.strip().partition(" => ")
            edge = (parse_requirement(entry), chosen)
            pins[-1] = pins[-1]._replace(dependencies=(*pins[-1].dependencies, edge))
        elif word in ("wish", "constraint", "override"):
            requirement, _, part = rest.partition(" (")
            kind, _, name = part.rstrip(")").partition(" ")
            key = (kind or {"wish": "project"}.get(word, word), name)
            inputs.setdefault(key, []).append(parse_requirement(requirement))
        else:
            pins.append(_pin(line))
    return Lock(
        Scope(">=3.11", "highest", "if-necessary", tuple(targets)),
        tuple(
            Input("pyproject.toml", kind, name, tuple(sorted(requires))) for (kind, name), requires in inputs.items()
        ),
        tuple(sorted(pins, key=lambda pin: (pin.source, pin.name, [int(n) for n in pin.version.split(".")]))),
        sources,
    )


def _pin(line: str) -> Pin:
    head, *options = [part.strip() for part in line.split("|")]
    name, version = head.split(" ")
    given = dict(option.partition(" ")[::2] for option in options)
    files = given.get("files", f"{name}-{version}.tar.gz").split()
    return Pin(
        given.get("from", "pypi"),
        name,
        version,
        given.get("python", ""),
        canonical_marker(given.get("when", "")),
        tuple(PinnedArtifact(file, digest(given.get("seed", "") + file)) for file in sorted(files)),
        tuple(given.get("signers", "").split()),
    )
