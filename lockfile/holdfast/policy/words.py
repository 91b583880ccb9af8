"""How decisions of a policy are said: where they stand, and which command comes next."""

from holdfast.policy.decisions import DEFAULT, POLICY
from holdfast.policy.rulings import Ruling


def where(ruling: Ruling, path: str) -> str:
    """Return where a decision stands: "holdfast.toml:12", "minimum-release-age of [policy] in holdfast.toml"."""
    if ruling.by == DEFAULT:
        return "by default"
    if ruling.by == POLICY or ruling.rule is None:
        return f"{ruling.key} of [policy] in {path}"
    return f"{path}:{ruling.rule.line}"


def command(words: str, name: str) -> str:
    """Return a command about a package that a shell takes as it stands: `holdfast policy explain '@acme/guards'`."""
    return f"holdfast {words} '{name}'" if name.startswith("@") else f"holdfast {words} {name}"


def counted(number: int, noun: str) -> str:
    """`1 step`, `3 steps`"""
    return f"{number} {noun}{'' if number == 1 else 's'}"
