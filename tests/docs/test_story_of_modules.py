"""The story of modules is played: it ends well, each attack is stopped by its own finding, no page promises more."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from holdfast.findings.codes import CODES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "modules.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")

# What is attacked, and what must stop it: a finding's code, an exception of `load`, or words of a refusal.
STOPPED = [
    ("a privileged module whose key the project does not trust", "privileged-untrusted"),
    ("an altered archive", "module-tampered"),
    ("an altered index document", "registry-tampered"),
    ("an altered signature", "signature-invalid"),
    ("a signature moved from another module", "module-tampered"),
    ("a signature moved from another version", "module-tampered"),
    ("a co-signature in the place of a signature", "signature-misplaced"),
    ("a release signed by a key nobody registered", "signer-untrusted"),
    ("a release without a signature", "signature-missing"),
    ("a key that may not publish the name", "signer-untrusted"),
    ("an older state, replayed", "registry-rollback"),
    ("an older list of releases in the newest state", "registry-tampered"),
    ("a state held still for ten days", "registry-stale"),
    ("another root than the pinned one", "registry-root-refused"),
    ("a truncated download", "the connection broke off"),
    ("one key that signs as two", "threshold-unmet"),
    ("a name that reads like another", "looks like @acme/guards"),
    ("an archive with a link", "archive-refused"),
    ("a flipped bit in an unpacked file", "module-modified"),
    ("an added file", "module-modified"),
    ("a changed mode", "module-modified"),
    ("a module with a flipped bit, loaded", "Tampered"),
    ("a key that the project no longer trusts", "signer-expired"),
    ("a revocation list whose time is over", "registry-stale"),
    ("the same list, loading, after the grace", "RegistryStale"),
    ("a release by a stolen key", "signer-revoked"),
    ("what that key signed before, loaded", "SignerRevoked"),
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the story prints, played once; its status on the last line."""
    path = os.pathsep.join((str(ROOT / "lockfile"), str(ROOT / "resolver")))
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "story" / "modules.py"), str(tmp_path_factory.mktemp("story") / "all")],
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    return f"{done.stdout}\nstatus {done.returncode}"


@pytest.mark.slow
def test_the_story_ends_well(told: str) -> None:
    """Everything that the story tells happens, and every attack in it is stopped."""
    assert told.endswith("\nstatus 0"), told[-4000:]


@pytest.mark.slow
@pytest.mark.parametrize(("attack", "stopped_by"), STOPPED)
def test_each_attack_is_stopped_by_its_own_finding(told: str, attack: str, stopped_by: str) -> None:
    """The table at the end has the attack, beside what stopped it, and did not fail."""
    table = told.partition("\nWhat stopped what\n")[2]
    assert re.search(rf"^ +{re.escape(attack)}  +{re.escape(stopped_by)}$", table, re.MULTILINE), table


@pytest.mark.slow
def test_the_page_promises_nothing_that_the_story_does_not_show(told: str) -> None:
    """Each finding that docs/modules.md says stops somebody stops somebody in the story."""
    promised = [code for code in re.findall(r"`([a-z-]+)`", PAGE.partition("## What stops whom")[2]) if code in CODES]
    assert len(promised) > 10
    assert [code for code in promised if f"  stopped: {code}\n" not in told] == []


@pytest.mark.slow
@pytest.mark.parametrize("page", [PAGE, README.partition("## Signed modules")[2].partition("\n## ")[0]])
def test_each_command_of_the_pages_is_played(told: str, page: str) -> None:
    """A command in a code block about modules is one that the story runs."""
    shown = re.findall(r"^holdfast ((?:(?:key|module|registry|trust) )?\S+)", page, re.MULTILINE)
    assert len(shown) > 4
    assert [command for command in shown if f"$ holdfast {command}" not in told] == []
