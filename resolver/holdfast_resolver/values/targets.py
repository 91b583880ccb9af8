"""Targets: the environment families that a lock is made for.

A target is a CPython minor on a platform with its floor: `cp312 linux-x86_64 glibc-2.28`, `cp311 macos-arm64 11.0`,
`cp313 windows-x86_64`. This file knows the table of platforms, what their marker variables read and how a target is
spelled; what a marker or a wheel means on a target is the business of `versions.grid`.
"""

from holdfast_resolver.errors import InvalidTarget
from holdfast_resolver.values.tuples import NamedTuple


class Platform(NamedTuple):
    """One row of the table: what the marker variables of PEP 508 read there, and the machine in wheel tags."""

    sys_platform: str
    platform_system: str
    os_name: str
    platform_machine: str
    wheel_machine: str


PLATFORMS = {
    "linux-x86_64": Platform("linux", "Linux", "posix", "x86_64", "x86_64"),
    "linux-aarch64": Platform("linux", "Linux", "posix", "aarch64", "aarch64"),
    "linux-armv7l": Platform("linux", "Linux", "posix", "armv7l", "armv7l"),
    "linux-ppc64le": Platform("linux", "Linux", "posix", "ppc64le", "ppc64le"),
    "linux-riscv64": Platform("linux", "Linux", "posix", "riscv64", "riscv64"),
    "linux-s390x": Platform("linux", "Linux", "posix", "s390x", "s390x"),
    "macos-arm64": Platform("darwin", "Darwin", "posix", "arm64", "arm64"),
    "macos-x86_64": Platform("darwin", "Darwin", "posix", "x86_64", "x86_64"),
    "windows-arm64": Platform("win32", "Windows", "nt", "ARM64", "arm64"),
    "windows-x86_64": Platform("win32", "Windows", "nt", "AMD64", "amd64"),
}
DEFAULT_PLATFORMS = ("linux-x86_64", "linux-aarch64", "macos-arm64", "windows-x86_64")
_DEFAULT_FLOORS = {"linux": "glibc-2.28", "darwin": "14.0", "win32": ""}
_FLOOR_SHAPES = {
    "linux": "a floor such as glibc-2.28 or musl-1.2",
    "darwin": "a macOS version such as 11.0",
    "win32": "no floor",
}


class Target(NamedTuple):
    """One target; `str` and `parse_target` round-trip."""

    python: tuple[int, int]
    platform: str  # a key of PLATFORMS
    floor: str  # "glibc-2.28", "musl-1.2", "11.0"; "" on Windows

    def __str__(self) -> str:
        return f"cp{self.python[0]}{self.python[1]} {self.platform} {self.floor}".rstrip()


def default_floor(platform: str) -> str:
    """Return the floor of a platform that names none."""
    return _DEFAULT_FLOORS[PLATFORMS[platform].sys_platform]


def parse_platform(text: str) -> tuple[str, str]:
    """Parse `platform [floor]` into (platform, floor); raise `InvalidTarget`.

    >>> parse_platform("linux-x86_64")
    ('linux-x86_64', 'glibc-2.28')
    """
    name, _, floor = text.partition(" ")
    platform = PLATFORMS.get(name)
    if platform is None:
        raise InvalidTarget(text, "one of " + ", ".join(PLATFORMS))
    if not floor:
        return name, default_floor(name)
    if not _is_floor(platform.sys_platform, floor):
        raise InvalidTarget(text, _FLOOR_SHAPES[platform.sys_platform], len(name) + 1)
    return name, floor


def parse_python(text: str) -> tuple[int, int]:
    """Parse `3.12` into (3, 12); raise `InvalidTarget`."""
    major, dot, minor = text.partition(".")
    if not dot or not _is_number(major) or not _is_number(minor) or major != "3":
        raise InvalidTarget(text, "a Python minor such as 3.12")
    return int(major), int(minor)


def parse_target(text: str) -> Target:
    """Parse a target as `str(Target)` spells it; raise `InvalidTarget`."""
    tag, _, rest = text.partition(" ")
    if not tag.startswith("cp3") or not _is_number(tag[3:]):
        raise InvalidTarget(text, "a CPython minor such as cp312", 0)
    platform, floor = parse_platform(rest)
    target = Target((3, int(tag[3:])), platform, floor)
    if str(target) != text:
        raise InvalidTarget(text, str(target))
    return target


def floor_version(floor: str) -> tuple[int, int]:
    """Return the two numbers of a floor: `glibc-2.28` -> (2, 28)."""
    major, _, minor = floor.rpartition("-")[2].partition(".")
    return int(major), int(minor)


def _is_floor(sys_platform: str, floor: str) -> bool:
    if sys_platform == "linux":
        libc, dash, version = floor.partition("-")
        return bool(dash) and libc in ("glibc", "musl") and _is_version(version)
    return sys_platform == "darwin" and _is_version(floor)


def _is_version(text: str) -> bool:
    major, dot, minor = text.partition(".")
    return bool(dot) and _is_number(major) and _is_number(minor)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 3 and (text == "0" or text[0] != "0")
