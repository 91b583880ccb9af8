"""The one table of commands: what there is, what it takes, what does it.

Parsing, help, suggestions and the documentation test go by this table. A new command is a row and a handler; the
handler's module is imported only when its command is called. Here are the rows of what makes and checks a lock; those
of what is done with one are in `table_of_locked.py`, those of groups in `groups/`, loaded when one of them is called.
"""

from __future__ import annotations

import sys

from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` costs 8 ms
    from typing import Protocol

    class GroupRows(Protocol):
        """What the module of a group has."""

        SUMMARY: str
        COMMANDS: tuple[Command, ...]


FORMATS = ("text", "json", "sarif", "github")


class Parameter(NamedTuple):
    """One thing that a command takes.

    `kind`: "switch" (a flag), "value" (a flag with one value), "values" (the same, repeatable), "word" (one
    positional), "words" (all that are left). `environment` names the twin of a flag that decides no verdict.
    """

    name: str
    kind: str
    help: str
    flags: tuple[str, ...] = ()
    metavar: str = ""
    choices: tuple[str, ...] = ()
    environment: str = ""
    required: bool = False


class Command(NamedTuple):
    """One command. `handler` is "module:function"; `peers` are what others call it."""

    name: str
    summary: str
    parameters: tuple[Parameter, ...]
    handler: str
    peers: str = ""


def switch(name: str, text: str, *more: str, environment: str = "") -> Parameter:
    """A flag; `more` are shorter spellings."""
    return Parameter(name, "switch", text, (*more, "--" + name), environment=environment)


def value(name: str, metavar: str, text: str, *more: str, environment: str = "") -> Parameter:
    """A flag with one value."""
    return Parameter(name, "value", text, (*more, "--" + name), metavar, environment=environment)


def values(name: str, metavar: str, text: str) -> Parameter:
    """A flag with a value, repeatable."""
    return Parameter(name, "values", text, ("--" + name,), metavar)


_PROJECT = value("project", "DIR", "the project's folder (default: here or the nearest above)")
_COLOR = Parameter(
    "color",
    "value",
    "when to colour",
    ("--color",),
    "WHEN",
    ("auto", "always", "never"),
    "HOLDFAST_COLOR",
)
COMMON = (
    _PROJECT,
    _COLOR,
    switch("quiet", "say only what went wrong", "-q", environment="HOLDFAST_QUIET"),
    switch("verbose", "say more", "-v", environment="HOLDFAST_VERBOSE"),
    switch("help", "show this", "-h"),
)
FORMAT = Parameter("format", "value", "how to write the result", ("--format",), "FORM", FORMATS)
TEXT_OR_JSON = FORMAT._replace(choices=("text", "json"))
OFFLINE = switch("offline", "use only what the cache has", environment="HOLDFAST_OFFLINE")
REFRESH = switch("refresh", "ask the index anew for everything", environment="HOLDFAST_REFRESH")
CUTOFF = value(
    "exclude-newer",
    "DATE",
    "leave out files uploaded since DATE (RFC 3339; a date means its first second in UTC)",
    environment="HOLDFAST_EXCLUDE_NEWER",
)
NODE = value(
    "node",
    "VERSION",
    "choose npm packages for this Node, where package.json names none in `engines`; `any` for no Node",
    environment="HOLDFAST_NODE",
)
CACHE = value("cache-dir", "DIR", "the cache folder", environment="HOLDFAST_CACHE_DIR")
OUTPUT = value("output", "FILE", "write to FILE instead of to the terminal", "-o")
DRY = switch("dry-run", "show what would change, write nothing")
FETCH = switch("fetch", "download what changed, so that its code is looked at")
ACCEPT = values("accept-changed", "NAME", "take the changed bytes of this package (repeatable)")
RESOLVING = (OFFLINE, REFRESH, CUTOFF, NODE, CACHE, FORMAT)
WHERE = (
    value("group", "NAME", "in this dependency group", "-g"),
    value("extra", "NAME", "in this extra"),
    switch("dev", "as `--group dev`"),
)
# Who signs: at most one of the two.
SIGNING = (
    value("key", "FILE", "sign with this Ed25519 key file (PKCS#8 or OpenSSH)", environment="HOLDFAST_KEY"),
    value("agent", "ID", "sign with this key of the ssh-agent: its id, comment or label", environment="HOLDFAST_AGENT"),
    value("passphrase-file", "FILE", "read the key's passphrase from FILE", environment="HOLDFAST_PASSPHRASE_FILE"),
)
REASON = value("reason", "TEXT", "why; it is signed and kept")
BASE = value("base", "REVISION", "judge by the approvals of this git revision")
HERE = "holdfast.cli.commands."

_FIRST = (
    Command(
        "init",
        "write holdfast.toml and the first lock",
        (
            value("from", "FILE", "as `import FILE`: keep the pins of another tool's lock"),
            DRY,
            ACCEPT,
            *SIGNING,
            *RESOLVING,
        ),
        HERE + "init:init",
        "cargo vet init, pnpm import",
    ),
    Command(
        "import",
        "take the pins of another tool's lock: nothing moves that need not",
        (
            Parameter(
                "file",
                "word",
                "a package-lock.json, pnpm-lock.yaml, uv.lock, poetry.lock, pylock.toml or requirements file",
                metavar="FILE",
                required=True,
            ),
            DRY,
            ACCEPT,
            *SIGNING,
            *RESOLVING,
        ),
        HERE + "init:import_file",
        "pnpm import",
    ),
    Command(
        "lock",
        "resolve what the manifest asks for, keeping every pin it can",
        (
            DRY,
            FETCH,
            ACCEPT,
            *RESOLVING,
        ),
        HERE + "lock:lock",
        "uv lock, cargo generate-lockfile",
    ),
    Command(
        "update",
        "move the pins of these packages, or all, and only what they force",
        (
            Parameter("names", "words", "packages to move; all without any", metavar="NAME"),
            DRY,
            FETCH,
            ACCEPT,
            *RESOLVING,
        ),
        HERE + "lock:update",
        "cargo update, uv lock --upgrade-package",
    ),
    Command(
        "add",
        "add requirements to pyproject.toml, or packages to package.json, then lock",
        (
            Parameter("requirements", "words", "such as 'flask>=3'", metavar="REQUIREMENT", required=True),
            *WHERE,
            DRY,
            *RESOLVING,
        ),
        HERE + "edit:add",
        "uv add, npm install",
    ),
    Command(
        "remove",
        "remove requirements from pyproject.toml, or packages from package.json, then lock",
        (
            Parameter("names", "words", "packages no longer asked for", metavar="NAME", required=True),
            *WHERE,
            DRY,
            *RESOLVING,
        ),
        HERE + "edit:remove",
        "uv remove, npm uninstall",
    ),
    Command(
        "check",
        "fail when manifest, configuration and lock disagree: offline, for CI",
        (
            value("base", "REVISION", "judge by the configuration and the approvals of this git revision"),
            value("against", "FILE", "also compare with another tool's lock file, both ways"),
            FORMAT,
        ),
        HERE + "check:check",
        "uv lock --check, npm ci, cargo --locked",
    ),
    Command(
        "verify",
        "download every pinned file and check its hash",
        (
            Parameter("names", "words", "packages to verify; all without any", metavar="NAME"),
            switch("installed", "verify only the unpacked modules against the lock, offline"),
            OFFLINE,
            REFRESH,
            CACHE,
            FORMAT,
        ),
        HERE + "verify:verify",
        "npm audit signatures",
    ),
    Command(
        "install",
        "fetch and verify the locked modules, and unpack them to modules/",
        (OFFLINE, CACHE, FORMAT),
        HERE + "install:install",
        "npm ci",
    ),
)


# Commands of two words, `holdfast key show`: the module of each group has `SUMMARY` and its own `COMMANDS`.
GROUPS = {
    "approvals": "holdfast.cli.groups.approvals",
    "key": "holdfast.cli.groups.key",
    "module": "holdfast.cli.groups.module",
    "policy": "holdfast.cli.groups.policy",
    "registry": "holdfast.cli.groups.registry",
    "trust": "holdfast.cli.groups.trust",
}


def find(name: str) -> Command | None:
    """Return the command of a name, `lock` or `key show`; None for an unknown one."""
    group = name.partition(" ")[0]
    if group in GROUPS:
        return _named(name, group_commands(group))
    return _named(name, _FIRST) or _named(name, _of_locked())


def plain_commands() -> tuple[Command, ...]:
    """Return the commands of one word."""
    return _FIRST + _of_locked()


def group_commands(group: str) -> tuple[Command, ...]:
    """Return the rows of a group: a key of `GROUPS`."""
    return group_module(group).COMMANDS


def group_module(group: str) -> GroupRows:
    """Return the module of a group's rows."""
    name = GROUPS[group]
    __import__(name)  # start-up: only when the group is asked for
    found: GroupRows = sys.modules[name]
    return found


def every_command() -> tuple[Command, ...]:
    """Return all commands, those of the groups last."""
    return plain_commands() + tuple([command for group in GROUPS for command in group_commands(group)])


def _of_locked() -> tuple[Command, ...]:
    from holdfast.cli.table_of_locked import COMMANDS  # start-up: only when one of them is asked for

    return COMMANDS


def _named(name: str, commands: tuple[Command, ...]) -> Command | None:
    return next((command for command in commands if command.name == name), None)
