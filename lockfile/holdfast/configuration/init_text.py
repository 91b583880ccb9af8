"""The text of a fresh `holdfast.toml`.

Knows its keys and what to say of them; never makes up an identifier.
"""

from collections.abc import Sequence

from holdfast_resolver.values.targets import Target, default_floor

_PYTHON_SOURCE = (
    "# An index besides the main one: these names resolve there and nowhere else.",
    "# [sources.internal]",
    '# kind = "pypi"',
    '# url = "https://packages.acme.example/simple/"',
    '# packages = ["acme-*"]',
)
_NPM_SOURCE = (
    "# A registry besides the main one: these names resolve there and nowhere else.",
    "# [sources.internal]",
    '# kind = "npm"',
    '# url = "https://npm.acme.example/"',
    '# packages = ["@acme/*"]',
)


def init_text(identifier: str, targets: Sequence[Target]) -> str:
    """Return a `holdfast.toml` for a project with the UUID `identifier`, declaring `targets`, if it has any.

    The targets must be a grid (every Python on every platform), as the configuration can only say that.
    """
    lines = [
        "# What this project wants of holdfast; `holdfast lock` reads it.",
        "",
        "# This project, for its approvals. Keep it: a change of it is an alarm.",
        f'id = "{identifier}"',
        *(_targets(targets) if targets else ()),
        "",
        *(_PYTHON_SOURCE if targets else _NPM_SOURCE),
    ]
    return "\n".join(lines) + "\n"


def _targets(targets: Sequence[Target]) -> list[str]:
    pythons = sorted({target.python for target in targets})
    platforms = list(dict.fromkeys((target.platform, target.floor) for target in targets))
    return [
        "",
        "# The lock holds for each of these Pythons on each of these platforms.",
        "# A platform may name its floor: `linux-x86_64 glibc-2.17`, `macos-arm64 12.0`.",
        "[targets]",
        "python = [" + ", ".join(f'"{major}.{minor}"' for major, minor in pythons) + "]",
        "platforms = [",
        *(f'    "{_spelled(platform, floor)}",' for platform, floor in platforms),
        "]",
    ]


def _spelled(platform: str, floor: str) -> str:
    return platform if floor == default_floor(platform) else f"{platform} {floor}"
