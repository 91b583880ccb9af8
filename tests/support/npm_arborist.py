"""npm's own Arborist, asked in batches: the oracle of our placement. Without node and npm, its tests fail."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

OLDEST = (9, 9)  # of Arborist: earlier ones place optional peers otherwise


def ask(questions: Sequence[dict[str, Any]], empty: Path) -> list[dict[str, Any]]:
    """Return the answers to questions, as `npm_arborist.js` describes both, from one node process.

    `empty` is a folder to work in.
    """
    modules = _modules()
    version = json.loads((modules / "@npmcli/arborist/package.json").read_bytes())["version"]
    assert tuple(map(int, version.split(".")[:2])) >= OLDEST, f"npm brings Arborist {version}: a newer npm is needed"
    (empty / "questions.jsonl").write_text("\n".join(map(json.dumps, questions)))
    output = subprocess.run(
        [_program("node"), str(Path(__file__).with_name("npm_arborist.js")), str(modules), str(empty)],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    ).stdout
    answers: list[dict[str, Any]] = [json.loads(line) for line in output.splitlines()]
    assert len(answers) == len(questions)
    return answers


def _modules() -> Path:
    """The `node_modules` that npm brings along."""
    beside = Path(_program("npm")).resolve().parent.parent / "node_modules"
    if (beside / "@npmcli").is_dir():
        return beside
    root = subprocess.run([_program("npm"), "root", "-g"], capture_output=True, text=True, check=True, timeout=60)
    modules = Path(root.stdout.strip()) / "npm" / "node_modules"
    assert (modules / "@npmcli").is_dir(), f"npm's own packages are not at {modules}"
    return modules


def _program(name: str) -> str:
    found = shutil.which(name)
    assert found, f"{name} is not installed: npm's own Arborist is what these tests compare with"
    return found
