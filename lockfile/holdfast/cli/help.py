"""Help texts, made of the command table. Knows layout only; loaded only when help is asked for."""

from holdfast.cli.table import COMMON, GROUPS, Command, Parameter, group_module, plain_commands

_WIDTH = 30


def overview() -> str:
    """Return the list of commands."""
    rows = [(command.name, command.summary) for command in plain_commands()]
    rows += [(f"{group} ...", group_module(group).SUMMARY) for group in GROUPS]
    width = max(len(name) for name, _ in rows) + 2
    lines = [
        "holdfast locks what a project depends on to exact versions and content hashes",
        "",
        "usage: holdfast COMMAND [FLAGS]",
        "",
        *[f"  {name:<{width}}{summary}" for name, summary in rows],
        "",
        "`holdfast COMMAND --help` says more; `holdfast --version` names the version",
    ]
    return "\n".join(lines) + "\n"


def of_group(group: str) -> str:
    """Return the help of a group: its commands."""
    module = group_module(group)
    width = max(len(command.name) for command in module.COMMANDS) + 2
    lines = [
        f"usage: holdfast {group} COMMAND [FLAGS]",
        "",
        module.SUMMARY,
        "",
        *[f"  {command.name:<{width}}{command.summary}" for command in module.COMMANDS],
        "",
        f"`holdfast {group} COMMAND --help` says more",
    ]
    return "\n".join(lines) + "\n"


def of_command(command: Command) -> str:
    """Return the help of one command."""
    positionals = [one for one in command.parameters if not one.flags]
    flags = [one for one in command.parameters if one.flags]
    usage = " ".join(["usage: holdfast", command.name, *map(_positional, positionals), "[FLAGS]"])
    lines = [usage, "", command.summary]
    if command.peers:
        lines += ["", f"elsewhere: {command.peers}"]
    if positionals:
        lines += ["", *[_row(one.metavar, one) for one in positionals]]
    lines += ["", *[_row(_spelled(one), one) for one in [*flags, *COMMON]]]
    return "\n".join(lines) + "\n"


def _positional(one: Parameter) -> str:
    name = one.metavar + ("..." if one.kind == "words" else "")
    return name if one.required else f"[{name}]"


def _spelled(one: Parameter) -> str:
    flags = ", ".join(one.flags)
    return f"{flags} {one.metavar}" if one.metavar else flags


def _row(left: str, one: Parameter) -> str:
    text = one.help
    if not all(choice in text for choice in one.choices):
        text += f": {', '.join(one.choices)}"
    if one.environment:
        text += f" [{one.environment}]"
    if len(left) > _WIDTH - 3:
        return f"  {left}\n{'':<{_WIDTH}}{text}"
    return f"  {left:<{_WIDTH - 2}}{text}"
