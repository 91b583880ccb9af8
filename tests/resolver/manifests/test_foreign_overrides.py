"""`pnpm.overrides` and `resolutions`: read where the project is pnpm's or Yarn's, and nowhere else."""

import json
from typing import Any

import pytest

from holdfast_resolver.errors import ManifestError
from holdfast_resolver.manifests.foreign_overrides import yarn_path
from holdfast_resolver.manifests.package_json import read_package_json

PNPM = {"pnpm": {"overrides": {"a": "1", "b@^2>c": "3", "d": "$e"}}, "dependencies": {"e": "^5"}}
YARN = {"resolutions": {"a": "1", "b/**/c": "3", "**/@s/d@npm:^1": "2", "@s/x/y": "4"}}
NPMS = {"overrides": {"a": "9"}}


def rules(manager: str = "", **document: Any) -> list[tuple[object, ...]]:
    """The overrides, as (within, name, range, spec)."""
    found = read_package_json(json.dumps(document).encode(), manager=manager).overrides
    return [tuple(rule)[:4] for rule in found]


OF_PNPM = [((), "a", "", "1"), ((("b", "^2"),), "c", "", "3"), ((), "d", "", "^5")]
OF_YARN = [
    ((), "a", "", "1"),
    ((("b", ""),), "c", "", "3"),
    ((), "@s/d", "^1", "2"),
    ((("@s/x", ""),), "y", "", "4"),
]
OF_NPM = [((), "a", "", "9")]


@pytest.mark.parametrize(
    ("manager", "document", "expected"),
    [
        ("", PNPM, OF_PNPM),
        ("pnpm", {**PNPM, **NPMS}, OF_PNPM),
        ("", {**PNPM, **NPMS}, OF_NPM),
        ("", {**PNPM, "packageManager": "npm@11.0.0"}, []),
        ("", {**PNPM, **NPMS, "packageManager": "pnpm@10.1.0"}, OF_PNPM),
        ("yarn", YARN, OF_YARN),
        ("", {**YARN, "packageManager": "yarn@4.0.0+sha224.abc"}, OF_YARN),
        ("", YARN, []),
        ("", {**YARN, **NPMS}, OF_NPM),
        ("pnpm", {"resolutions": {"a>b": "1"}}, [((("a", ""),), "b", "", "1")]),
    ],
)
def test_rules_are_those_of_the_projects_manager(
    manager: str, document: dict[str, Any], expected: list[tuple[object, ...]]
) -> None:
    """As `packageManager` says, else as other files say, else as the manifest itself shows."""
    assert rules(manager, **document) == expected


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"pnpm": {"overrides": {"a": "-"}}}, "takes a dependency away"),
        ({"pnpm": {"overrides": ["a"]}}, "pnpm.overrides: an object"),
        ({"pnpm": {"overrides": {"a": 1}}}, "a spec"),
        ({"pnpm": {"overrides": {"a": "$b"}}}, "a direct dependency of the project after '$'"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_place(document: dict[str, Any], said: str) -> None:
    """The key and its line are named."""
    with pytest.raises(ManifestError) as caught:
        rules(**document)
    assert said in f"{caught.value.expected} {caught.value.found}"
    assert caught.value.line == 1


def test_keys_of_yarn_are_paths() -> None:
    """Scopes belong to their name; `**` says nothing, since a rule holds at any depth."""
    assert yarn_path("**/a/**/@s/b") == ["a", "@s/b"]
    assert yarn_path("a@npm:>=1 <2") == ["a@>=1 <2"]
