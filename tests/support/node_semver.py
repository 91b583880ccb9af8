"""npm's own `semver`, asked in batches: the oracle of our SemVer. Without node and npm the tests that need it fail."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

OLDEST = (7, 8)  # of the package: earlier ones read some ranges otherwise, such as ~1.2 with pre-releases


def ask(questions: Sequence[Sequence[object]]) -> list[object]:
    """Return the answers to questions, as `node_semver.js` describes both, from one node process."""
    output = subprocess.run(
        [_program("node"), str(Path(__file__).with_name("node_semver.js")), str(_package())],
        input="\n".join(map(json.dumps, questions)),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
    version, *answers = map(json.loads, output.splitlines())
    assert tuple(map(int, version.split(".")[:2])) >= OLDEST, f"npm brings semver {version}: a newer npm is needed"
    assert len(answers) == len(questions)
    return answers


def _package() -> Path:
    """The folder of the `semver` that npm brings along."""
    beside = Path(_program("npm")).resolve().parent.parent / "node_modules" / "semver"
    if beside.is_dir():
        return beside
    root = subprocess.run([_program("npm"), "root", "-g"], capture_output=True, text=True, check=True, timeout=60)
    package = Path(root.stdout.strip()) / "npm" / "node_modules" / "semver"
    assert package.is_dir(), f"npm's semver is not at {package}"
    return package


def _program(name: str) -> str:
    found = shutil.which(name)
    assert found, f"{name} is not installed: npm's own semver is what these tests compare with"
    return found
