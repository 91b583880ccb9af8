"""The one table of commands: what there is, what it takes, what does it.

Parsing, help, suggestions and the documentation test go by this table. A new command is a row here and a
handler; the handler's module is imported only when its command is called.
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


def _switch(name: str, text: str, *more: str, environment: str = "") -> Parameter:
    return Parameter(name, "switch", text, (*more, "--" + name), environment=environment)


def _value(name: str, metavar: str, text: str, *more: str, environment: str = "") -> Parameter:
    return Parameter(name, "value", text, (*more, "--" + name), metavar, environment=environment)


def _values(name: str, metavar: str, text: str) -> Parameter:
    return Parameter(name, "values", text, ("--" + name,), metavar)


_PROJECT = _value("project", "DIR", "the project's folder (default: here or the nearest above)")
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
    _switch("quiet", "say only what went wrong", "-q", environment="HOLDFAST_QUIET"),
    _switch("verbose", "say more", "-v", environment="HOLDFAST_VERBOSE"),
    _switch("help", "show this", "-h"),
)
_FORMAT = Parameter("format", "value", "how to write the result", ("--format",), "FORM", FORMATS)
_GRAPH_FORMAT = _FORMAT._replace(choices=("text", "json"))
_OFFLINE = _switch("offline", "use only what the cache has", environment="HOLDFAST_OFFLINE")
_REFRESH = _switch("refresh", "ask the index anew for everything", environment="HOLDFAST_REFRESH")
_CUTOFF = _value(
    "exclude-newer",
    "DATE",
    "leave out files uploaded since DATE (RFC 3339; a date means its first second in UTC)",
    environment="HOLDFAST_EXCLUDE_NEWER",
)
_NODE = _value(
    "node",
    "VERSION",
    "choose npm packages for this Node, where package.json names none in `engines`; `any` for no Node",
    environment="HOLDFAST_NODE",
)
_CACHE = _value("cache-dir", "DIR", "the cache folder", environment="HOLDFAST_CACHE_DIR")
_OUTPUT = _value("output", "FILE", "write to FILE instead of to the terminal", "-o")
_DRY = _switch("dry-run", "show what would change, write nothing")
_FETCH = _switch("fetch", "download what changed, so that its code is looked at")
_ACCEPT = _values("accept-changed", "NAME", "take the changed bytes of this package (repeatable)")
_RESOLVING = (_OFFLINE, _REFRESH, _CUTOFF, _NODE, _CACHE, _FORMAT)
_WHERE = (
    _value("group", "NAME", "in this dependency group", "-g"),
    _value("extra", "NAME", "in this extra"),
    _switch("dev", "as `--group dev`"),
)
# Who signs: at most one of the two.
SIGNING = (
    _value("key", "FILE", "sign with this Ed25519 key file (PKCS#8 or OpenSSH)", environment="HOLDFAST_KEY"),
    _value(
        "agent", "ID", "sign with this key of the ssh-agent: its id, comment or label", environment="HOLDFAST_AGENT"
    ),
    _value("passphrase-file", "FILE", "read the key's passphrase from FILE", environment="HOLDFAST_PASSPHRASE_FILE"),
)
_REASON = _value("reason", "TEXT", "why; it is signed and kept")
_BASE = _value("base", "REVISION", "judge by the approvals of this git revision")
_HERE = "holdfast.cli.commands."

COMMANDS = (
    Command(
        "init",
        "write holdfast.toml and the first lock",
        (
            _value("from", "FILE", "as `import FILE`: keep the pins of another tool's lock"),
            _DRY,
            _ACCEPT,
            *SIGNING,
            *_RESOLVING,
        ),
        _HERE + "init:init",
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
            _DRY,
            _ACCEPT,
            *SIGNING,
            *_RESOLVING,
        ),
        _HERE + "init:import_file",
        "pnpm import",
    ),
    Command(
        "lock",
        "resolve what the manifest asks for, keeping every pin it can",
        (
            _DRY,
            _FETCH,
            _ACCEPT,
            *_RESOLVING,
        ),
        _HERE + "lock:lock",
        "uv lock, cargo generate-lockfile",
    ),
    Command(
        "update",
        "move the pins of these packages, or all, and only what they force",
        (
            Parameter("names", "words", "packages to move; all without any", metavar="NAME"),
            _DRY,
            _FETCH,
            _ACCEPT,
            *_RESOLVING,
        ),
        _HERE + "lock:update",
        "cargo update, uv lock --upgrade-package",
    ),
    Command(
        "add",
        "add requirements to pyproject.toml, or packages to package.json, then lock",
        (
            Parameter("requirements", "words", "such as 'flask>=3'", metavar="REQUIREMENT", required=True),
            *_WHERE,
            _DRY,
            *_RESOLVING,
        ),
        _HERE + "edit:add",
        "uv add, npm install",
    ),
    Command(
        "remove",
        "remove requirements from pyproject.toml, or packages from package.json, then lock",
        (
            Parameter("names", "words", "packages no longer asked for", metavar="NAME", required=True),
            *_WHERE,
            _DRY,
            *_RESOLVING,
        ),
        _HERE + "edit:remove",
        "uv remove, npm uninstall",
    ),
    Command(
        "check",
        "fail when manifest, configuration and lock disagree: offline, for CI",
        (
            _value("base", "REVISION", "judge by the configuration and the approvals of this git revision"),
            _value("against", "FILE", "also compare with another tool's lock file, both ways"),
            _FORMAT,
        ),
        _HERE + "check:check",
        "uv lock --check, npm ci, cargo --locked",
    ),
    Command(
        "verify",
        "download every pinned file and check its hash",
        (
            Parameter("names", "words", "packages to verify; all without any", metavar="NAME"),
            _switch("installed", "verify only the unpacked modules against the lock, offline"),
            _OFFLINE,
            _REFRESH,
            _CACHE,
            _FORMAT,
        ),
        _HERE + "verify:verify",
        "npm audit signatures",
    ),
    Command(
        "install",
        "fetch and verify the locked modules, and unpack them to modules/",
        (_OFFLINE, _CACHE, _FORMAT),
        _HERE + "install:install",
        "npm ci",
    ),
    Command(
        "diff",
        "show what changed in the lock since a git revision",
        (
            Parameter("revision", "word", "a git revision (default: HEAD)", metavar="REVISION"),
            _FETCH,
            _CACHE,
            _GRAPH_FORMAT,
        ),
        _HERE + "diff:diff",
        "terraform plan",
    ),
    Command(
        "review",
        "walk through what waits for approval, and decide",
        (
            Parameter("names", "words", "packages to review; all without any", metavar="NAME"),
            _switch("configuration", "review the change of the security configuration"),
            _FETCH,
            _BASE,
            _REASON,
            *SIGNING,
            _OFFLINE,
            _CACHE,
            _GRAPH_FORMAT,
        ),
        _HERE + "review:review",
        "cargo vet, cargo crev review",
    ),
    Command(
        "approve",
        "fetch and verify changed packages anew, and sign that they are accepted",
        (
            Parameter("names", "words", "packages to approve", metavar="NAME"),
            _switch("all", "everything that waits; it is printed"),
            _switch("configuration", "the change of the security configuration"),
            _switch("by-rule", "only what rules of the policy describe, with a key of the role rule"),
            _REASON,
            _value("until", "DATE", "accept only up to this date (an alarm needs one)"),
            _BASE,
            *SIGNING,
            _DRY,
            _CACHE,
            _FORMAT,
        ),
        _HERE + "approve:approve",
        "cargo vet certify",
    ),
    Command(
        "reject",
        "sign that a change is not accepted: check fails with the reason",
        (
            Parameter("names", "words", "packages to reject", metavar="NAME"),
            _switch("configuration", "the change of the security configuration"),
            _REASON,
            _BASE,
            *SIGNING,
            _FORMAT,
        ),
        _HERE + "approve:reject",
        "cargo vet record-violation",
    ),
    Command(
        "status",
        "show what waits for approval, and what was never reviewed",
        (
            _BASE,
            _GRAPH_FORMAT,
        ),
        _HERE + "status:status",
        "git status",
    ),
    Command(
        "tree",
        "show the graph of the lock",
        (
            Parameter("names", "words", "packages to start from", metavar="NAME"),
            _switch("invert", "show who requires a package instead"),
            _value("depth", "N", "how deep to go"),
            _switch("signers", "say who signed each package, and how far that makes it trusted"),
            _GRAPH_FORMAT,
        ),
        _HERE + "graph:tree",
        "uv tree, npm ls",
    ),
    Command(
        "why",
        "show the paths that lead to a package, a capability or a signer",
        (
            Parameter("name", "word", "the package", metavar="NAME"),
            _value("capability", "C", "show how this capability reaches the project instead, such as network"),
            _value("signer", "S", "show what this signer holds instead: an id, or a part of one"),
            _CACHE,
            _GRAPH_FORMAT,
        ),
        _HERE + "graph:why",
        "npm why, cargo tree --invert",
    ),
    Command(
        "graph",
        "write the graph of the lock for other tools, or as a page to explore",
        (
            Parameter(
                "format",
                "value",
                "dot, mermaid, graphml, json or html",
                ("--format",),
                "FORM",
                ("dot", "mermaid", "graphml", "json", "html"),
                required=True,
            ),
            _OUTPUT,
            _CACHE,
        ),
        _HERE + "graph:graph",
        "cargo depgraph, npm query",
    ),
    Command(
        "audit",
        "judge the code, the advisories and the trust behind every locked package",
        (
            _FORMAT._replace(choices=(*FORMATS, "markdown", "html", "cyclonedx")),
            _OUTPUT,
            _switch("fetch", "download what is missing, so that all code is looked at"),
            _values("explain", "NAME", "take the score of this package apart (repeatable)"),
            _values("advisories", "PATH", "a folder or ZIP archive of OSV records (repeatable)"),
            _value("ignore", "ID", "ignore this advisory in the policy, with --reason and --until"),
            _value("ignore-until-fixed", "ID", "ignore this advisory until a version fixes it, with --reason"),
            _value("reason", "TEXT", "why the advisory does not count here"),
            _value("until", "DATE", "the end of ignoring it"),
            _OFFLINE,
            _REFRESH,
            _CACHE,
        ),
        _HERE + "audit:audit",
        "pip-audit, npm audit, cargo deny",
    ),
    Command(
        "export",
        "write the lock in another tool's format",
        (
            Parameter(
                "target",
                "word",
                "pylock (pylock.toml), requirements (with hashes) or package-lock (of npm)",
                metavar="FORMAT",
                choices=("pylock", "requirements", "package-lock"),
                required=True,
            ),
            _OUTPUT,
            _values("extra", "NAME", "include this extra (repeatable)"),
            _values("group", "NAME", "include this dependency group (repeatable)"),
            _switch("all-extras", "include every extra"),
            _switch("all-groups", "include every dependency group"),
            _OFFLINE,
            _CACHE,
        ),
        _HERE + "export:export",
        "uv export",
    ),
    Command(
        "cache",
        "show or clear the cache",
        (
            Parameter(
                "action",
                "word",
                "dir shows the folder, size what is in it, clear empties it",
                metavar="ACTION",
                choices=("dir", "size", "clear"),
                required=True,
            ),
            _CACHE,
        ),
        _HERE + "cache:cache",
        "uv cache",
    ),
    Command(
        "explain",
        "say what a finding means and what to do",
        (Parameter("code", "word", "such as wish-unmet; all codes without one", metavar="CODE"),),
        _HERE + "explain:explain",
        "rustc --explain",
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
    commands = group_commands(group) if group in GROUPS else COMMANDS
    return next((command for command in commands if command.name == name), None)


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
    return COMMANDS + tuple([command for group in GROUPS for command in group_commands(group)])
