"""The page about CI: its workflows, its commands and its example are what the code does."""

import re
import shlex
from importlib import import_module
from typing import Any

import pytest

from holdfast.cli.exits import EXITS, FOUND, UNDECIDED, WRONG
from holdfast.cli.table import find
from holdfast.cli.words import parse
from holdfast.configuration.read import read_configuration
from holdfast.findings.finding import Finding, Place
from holdfast.model.changes import CLASSES
from holdfast.reports.port import Summary, render
from tests.support.action_runs import ROOT, action
from tests.support.signing_keys import public

yaml = import_module("yaml")  # without types of its own
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^( *)```(\w*)\n(.*?)^ *```$", PAGE, re.MULTILINE | re.DOTALL)
FULL_ID = re.compile("[0-9a-f]{40}")


def blocks(language: str) -> list[str]:
    """The code blocks of a language."""
    return [text for _, name, text in BLOCKS if name == language]


def everything(value: Any) -> list[tuple[str, Any]]:
    """Every key with its value, at any depth."""
    if isinstance(value, dict):
        return [pair for key, one in value.items() for pair in [(str(key), one), *everything(one)]]
    return [pair for one in value for pair in everything(one)] if isinstance(value, list) else []


def test_the_workflow_has_what_the_page_claims() -> None:
    """It may only read, runs on changes, queue and protected branch, and has no secret and no step of its own."""
    (text,) = [one for one in blocks("yaml") if "pull_request:" in one]
    workflow = yaml.load(text, yaml.BaseLoader)
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["on"].keys() == {"pull_request", "merge_group", "push"}
    assert workflow["on"]["push"] == {"branches": ["main"]}
    (job,) = workflow["jobs"].values()
    assert [set(step) for step in job["steps"]] == [{"uses"}, {"uses"}]
    assert "secrets" not in text


@pytest.mark.parametrize("text", blocks("yaml"))
def test_everything_is_pinned_by_a_full_commit_id(text: str) -> None:
    """Actions, hooks and packages of the examples; inputs that an example gives are the action's."""
    for key, value in everything(yaml.load(text, yaml.BaseLoader)):
        if key in ("uses", "rev"):
            assert FULL_ID.fullmatch(value.rpartition("@")[2]), value
        if key == "with":
            assert value.keys() <= action()["inputs"].keys()
        if key == "script":
            assert all(FULL_ID.search(line) for line in value if "pip install" in line)


def test_every_command_of_the_page_is_one() -> None:
    """Each parses, flags included."""
    spelled = re.findall(r"(?:^\$ |`|bin/)holdfast ([a-z].*?)(?:`|$)", PAGE, re.MULTILINE)
    assert len(spelled) > 5
    for text in spelled:
        words = shlex.split(text)
        command = find(words[0])
        assert command is not None, text
        if words[-1] != "--base":  # named without its value
            parse(command, words[1:], {})


def test_the_failing_run_is_what_is_printed() -> None:
    """The example is the very output for its finding."""
    (example,) = [one for one in blocks("text") if one.startswith("::error")]
    finding = Finding(
        "artifact-changed",
        "alarm",
        "click 8.1.8",
        "8.1.8 (sha256:2e22e7cb4f70), approved by alice in cc3a3ecc04b8",
        "8.1.8 (sha256:941dac97b423)",
        (
            ("class", "artifact-changed"),
            ("details", "click-8.1.8-py3-none-any.whl"),
            ("source", "pypi"),
            ("why", "nobody approved it"),
            ("needs", "2 approvers"),
        ),
        hints=("holdfast review click",),
        place=Place("holdfast.lock", 21),
    )
    summary = Summary("check", "holdfast.lock does not hold (2 packages for 2 targets)")
    assert render("github", (finding,), summary) == example


def test_the_exit_codes_of_the_page() -> None:
    """All but that of resolving, which `check` does not do."""
    table = PAGE.partition("## Exit codes")[2].partition("##")[0]
    assert [int(code) for code in re.findall(r"^\| (\d) \|", table, re.MULTILINE)] == [0, FOUND, WRONG, UNDECIDED]
    assert {WRONG, UNDECIDED} <= set(EXITS.values())


def test_the_rule_of_the_page_approves_no_alarm() -> None:
    """The configuration is read as it stands, with keys put in, and its rule lets through no class that is an alarm."""
    (text,) = blocks("toml")
    person = f'[[approver]]\nname = "alice"\nkey = "{public("alice").text}"\n'
    data = (person + text.replace("ssh-ed25519 AAAA...", public("nightly").text)).encode()
    configuration = read_configuration(lambda name: data if name == "holdfast.toml" else None)
    (rule,) = configuration.policy.rules
    assert rule.approve == ("version-changed",)
    assert all(CLASSES[one].severity != "alarm" for one in rule.approve)
    assert [one.role for one in configuration.approvers] == ["", "rule"]
    assert configuration.unread == ()


def hooks() -> list[dict[str, Any]]:
    """The hooks that pre-commit is offered."""
    found: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    return found


def test_the_hook_runs_the_same_check() -> None:
    """One hook, which installs from its own repository and calls the command that the action calls."""
    (hook,) = hooks()
    assert (hook["id"], hook["language"], hook["pass_filenames"]) == ("holdfast-check", "python", False)
    program, name, *flags = hook["entry"].split()
    assert (program, flags) == ("holdfast", [])
    command = find(name)
    assert command is not None
    parse(command, [*flags, "--base", "origin/main"], {})
    scripts = "".join(step["run"] for step in action()["runs"]["steps"])
    assert f"run()' {name} " in scripts


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("pyproject.toml", True),
        ("services/web/holdfast.toml", True),
        ("holdfast.lock", True),
        (".holdfast/approvals/" + "a" * 64 + ".json", True),
        ("web/.holdfast/roots/acme.json", True),
        ("my-pyproject.toml", False),
        ("holdfast.lock.orig", False),
        ("src/holdfast/lock.py", False),
        ("a.holdfast/x", False),
    ],
)
def test_the_hook_runs_for_what_check_reads(path: str, wanted: bool) -> None:
    """Manifest, configuration, lock and everything under `.holdfast/`, in any folder."""
    (hook,) = hooks()
    assert bool(re.search(hook["files"], path)) is wanted
