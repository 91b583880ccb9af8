"""The Node to choose npm packages for: as `--node` says, or as this machine has it.

    #define NODE_MAJOR_VERSION 22   in <prefix>/include/node/node_version.h, beside <prefix>/bin/node

npm asks the Node that it runs on. The header of an installation says the same without a process; where there is none,
as behind the shims of version managers, the program is asked. Only a first lock does this.
"""

from __future__ import annotations

import os

from holdfast.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Mapping

ANY = "any"
_HEADER = ("include", "node", "node_version.h")
_LONGEST_HEADER = 64 * 1024  # bytes; those of Node 20 are 4 KiB
_PATIENCE = 5.0  # seconds for the program to say its version
_NAMES = {"NODE_MAJOR_VERSION": 0, "NODE_MINOR_VERSION": 1, "NODE_PATCH_VERSION": 2}


def asked_node(text: str) -> str:
    """Return the version that `--node` names, "" for any: "24" is 24.0.0. Raises `UsageError`."""
    if text == ANY:
        return ""
    from holdfast_resolver.resolve.npm_engines import lowest_engines  # start-up: only where a Node is asked for

    found = dict(lowest_engines((("node", text),))).get("node", "")
    if not found:
        raise UsageError(f"a version such as 22 or 22.12.0, or `{ANY}`, after --node", text)
    return found


def node_here(environment: Mapping[str, str]) -> str:
    """Return the version of the Node that the PATH leads to, "" where there is none or it does not say."""
    program = _program(environment)
    if not program:
        return ""
    return _of_header(program) or _of_program(program, environment)


def _program(environment: Mapping[str, str]) -> str:
    name = "node.exe" if os.name == "nt" else "node"
    for folder in environment.get("PATH", "").split(os.pathsep):
        path = os.path.join(folder, name)
        if os.path.isabs(folder) and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return ""


def _of_header(program: str) -> str:
    """The version in the header beside a program; "" where it is missing, cut off, or that of no release."""
    prefix = os.path.dirname(os.path.dirname(os.path.realpath(program)))
    try:
        with open(os.path.join(prefix, *_HEADER), encoding="ascii", errors="replace") as file:
            lines = file.read(_LONGEST_HEADER).splitlines()
    except OSError:
        return ""
    numbers = ["", "", ""]
    released = False
    for line in lines:
        words = line.split()
        if len(words) == 3 and words[0] == "#define":
            if words[1] in _NAMES and words[2].isdecimal():
                numbers[_NAMES[words[1]]] = words[2]
            elif words[1] == "NODE_VERSION_IS_RELEASE":
                released = words[2] == "1"
    return ".".join(numbers) if released and all(numbers) else ""


def _of_program(program: str, environment: Mapping[str, str]) -> str:
    """What `node --version` says; a program that is slow, fails or says something else has no version."""
    import subprocess  # start-up: only where no header is

    from holdfast_resolver.errors import InvalidVersion
    from holdfast_resolver.versions.semver_keys import normalize_version

    clean = {name: value for name, value in environment.items() if name != "NODE_OPTIONS"}
    try:
        ran = subprocess.run(
            [program, "--version"],
            env=clean,
            capture_output=True,
            timeout=_PATIENCE,
            check=True,
            stdin=subprocess.DEVNULL,
        )
        text = ran.stdout.decode("ascii", "replace").strip().removeprefix("v")
        text = normalize_version(text)
    except (OSError, subprocess.SubprocessError, InvalidVersion):
        return ""
    return text
