"""The composite action, run as a GitHub runner would: its scripts in bash, expressions put into the environment.

Knows the few forms of expression that `action.yml` uses. Interpreters and remotes are those of this machine: nothing is
installed, nothing leaves it.
"""

import os
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
yaml = import_module("yaml")  # without types of its own

_STUB = """\
#!/bin/bash
printf '%s|%s\\n' "$PWD" "$*" >> {log}
if [ "$2 $3" = "-m venv" ]; then
  mkdir -p "$5/bin"
  cp "$0" "$5/bin/python"
  exit
fi
[ "$2 $3" = "-m pip" ] && exit
exec {python} "$@"
"""


class Step(NamedTuple):
    """One step of the action."""

    name: str
    id: str
    run: str
    environment: dict[str, str]
    folder: str


class Ran(NamedTuple):
    """How the action ended: the exit code of its last step that ran, and what was printed."""

    code: int
    out: str
    err: str
    step: str


def action() -> dict[str, Any]:
    """Return `action.yml`."""
    document: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return document


def steps() -> list[Step]:
    """Return the action's steps."""
    return [
        Step(one["name"], one.get("id", ""), one["run"], one.get("env", {}), one.get("working-directory", ""))
        for one in action()["runs"]["steps"]
    ]


class Runner:
    """A runner with a workspace; `github` has values of the event by their expressions."""

    def __init__(self, folder: Path, workspace: Path) -> None:
        self.workspace = workspace
        self.github: dict[str, str] = {"github.action_path": str(ROOT)}
        self.environment: dict[str, str] = {}
        self.log = folder / "interpreter.log"
        self.summary = folder / "summary.md"
        self._temp = folder / "runner temp"
        self._temp.mkdir()
        self._output = folder / "output"
        self._python = folder / "stub python"
        self._python.write_text(_STUB.format(log=shlex.quote(str(self.log)), python=shlex.quote(sys.executable)))
        self._python.chmod(0o755)

    def run(self, **inputs: str) -> Ran:
        """Run the steps up to the first that fails."""
        values = {f"inputs.{name}": str(one.get("default", "")) for name, one in action()["inputs"].items()}
        values |= {"inputs.python": str(self._python)} | {f"inputs.{name}": value for name, value in inputs.items()}
        values |= self.github
        out, err, code, name = "", "", 0, ""
        for step in steps():
            name = step.name
            done = self._step(step, values)
            out, err, code = out + done.stdout, err + done.stderr, done.returncode
            if code:
                break
            for line in self._output.read_text().splitlines():
                key, _, value = line.partition("=")
                values[f"steps.{step.id}.outputs.{key}"] = value
        return Ran(code, out, err, name)

    def _step(self, step: Step, values: dict[str, str]) -> "subprocess.CompletedProcess[str]":
        self._output.write_text("")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._temp),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(self._output),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self._temp),
            **self.environment,
            **{name: evaluated(text, values) for name, text in step.environment.items()},
        }
        # docs.github.com, "Workflow syntax", `shell: bash`
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.run]
        folder = evaluated(step.folder, values) if step.folder else self.workspace
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def evaluated(text: str, values: dict[str, str]) -> str:
    """`${{ inputs.base }}` -> its value, "" for what the event does not have."""
    expression = text.removeprefix("${{ ").removesuffix(" }}")
    assert text == f"${{{{ {expression} }}}}", text
    return values.get(expression, "")
