"""Wheel tags against targets (PyPA "Platform compatibility tags"; PEP 425, 600, 656).

    cp311-cp311-manylinux_2_17_x86_64   serves cp311 linux-x86_64 glibc-2.28
    cp37-abi3-macosx_11_0_universal2    serves cp37 and later on macos-arm64 11.0
    py3-none-any                        serves every target

A tag is compared with the floor: a wheel that needs a newer glibc or macOS than the target's floor does not serve it.
"""

from holdfast_resolver.values.targets import PLATFORMS, floor_version

# PEP 600, "Legacy manylinux tags": the glibc that each legacy name stands for.
_LEGACY_MANYLINUX = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_FAT_MACHINES = {
    "arm64": ("arm64", "universal2"),
    "x86_64": ("x86_64", "universal2", "intel", "fat64", "fat3", "universal"),
}


# What no target can be: other implementations, Pythons before 3.8, free-threaded builds, 32-bit and older machines.
_MACHINES = (
    *[f"_{row.wheel_machine}" for row in PLATFORMS.values()],
    "_universal2",
    "_universal",
    "_fat64",
    "_fat3",
    "_intel",
)


_MAY_SERVE: dict[tuple[str, str], bool] = {}


def may_serve(python: str, platform: str) -> bool:
    """Whether a wheel (`python-abi`, platform; compressed sets) can serve any target there is. Never wrong with no."""
    known = _MAY_SERVE.get((python, platform))
    if known is None:
        known = _MAY_SERVE[python, platform] = _may_serve(python, platform)
    return known


def _may_serve(python: str, platform: str) -> bool:
    if python == "sdist":
        return True
    pythons, _, abis = python.partition("-")
    if not any(tag.startswith(("py3", "cp3")) for tag in pythons.split(".")):
        return False
    if all(_is_beyond(abi) for abi in abis.split(".")):
        return False
    return platform == "any" or any(tag.endswith(_MACHINES) for tag in platform.split("."))


def _is_beyond(abi: str) -> bool:
    """`cp27mu`, `cp37m` and `cp313t` are no target's."""
    if not abi.startswith("cp"):
        return False
    return not abi.startswith("cp3") or abi[-1] in "tm" or (len(abi) == 4 and abi[3] < "8")


def python_serves(python: str, abi: str, minor: tuple[int, int]) -> bool:
    """Whether the python and abi tags suit CPython `minor` (the build with the global interpreter lock)."""
    implementation, number = python[:2], python[2:]
    if not number.isdigit() or not number.isascii():
        return False
    tagged = (int(number[0]), int(number[1:]) if len(number) > 1 else -1)
    if abi == "none":
        if implementation == "py":
            return tagged[0] == minor[0] and tagged[1] <= minor[1]
        return implementation == "cp" and tagged[0] == minor[0] and tagged[1] in (-1, minor[1])
    if implementation != "cp" or tagged[1] < 0:
        return False
    if abi == "abi3":
        return (3, 2) <= tagged <= minor and tagged[0] == minor[0]
    suffix = "m" if minor < (3, 8) else ""
    return tagged == minor and abi == f"cp{minor[0]}{minor[1]}{suffix}"


def platform_serves(tag: str, platform: str, floor: str) -> bool:
    """Whether a platform tag suits a platform with its floor."""
    if tag == "any":
        return True
    row = PLATFORMS[platform]
    if row.sys_platform == "win32":
        return tag == "win_" + row.wheel_machine
    if row.sys_platform == "darwin":
        return _macos_serves(tag, row.wheel_machine, floor_version(floor))
    return _linux_serves(tag, row.wheel_machine, floor)


def _macos_serves(tag: str, machine: str, floor: tuple[int, int]) -> bool:
    parts = tag.split("_", 3)
    if len(parts) != 4 or parts[0] != "macosx" or not (parts[1].isdigit() and parts[2].isdigit()):
        return False
    needed = (int(parts[1]), int(parts[2]))
    if machine == "arm64" and parts[3] == "arm64" and needed < (11, 0):
        return False  # no macOS before 11 ran on this machine
    return parts[3] in _FAT_MACHINES[machine] and needed <= floor


def _linux_serves(tag: str, machine: str, floor: str) -> bool:
    if not tag.endswith("_" + machine):
        return False
    family = tag[: -len(machine) - 1]
    if family == "linux":
        return True
    musl = floor.startswith("musl")
    needed = _LEGACY_MANYLINUX.get(family)
    if needed is not None:
        return not musl and needed <= floor_version(floor) and (family != "manylinux1" or machine == "x86_64")
    name, _, version = family.partition("_")
    major, _, minor = version.partition("_")
    if name != ("musllinux" if musl else "manylinux") or not (major.isdigit() and minor.isdigit()):
        return False
    return int(major) == floor_version(floor)[0] and int(minor) <= floor_version(floor)[1]
