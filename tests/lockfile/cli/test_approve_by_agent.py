"""Approvals signed by a key that an ssh-agent holds: a real agent."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.cli.approving import prove_chosen
from holdfast.trust.key_writing import write_key
from tests.support.approving import ApprovingProject
from tests.support.index_server import IndexServer, serving
from tests.support.packages import read_releases, wheel
from tests.support.repositories import git
from tests.support.signing_keys import public, signer

pytestmark = pytest.mark.skipif(not all(map(shutil.which, ("ssh-agent", "ssh-add"))), reason="there is no ssh-agent")


@pytest.fixture
def index() -> Iterator[IndexServer]:
    """An index with one release."""
    with serving(read_releases("click 8.1.7\n")) as server:
        yield server


@pytest.fixture
def agent() -> Iterator[dict[str, str]]:
    """An agent with the key of ann, in a folder whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="hf") as folder:
        environment = {"PATH": os.environ["PATH"], "SSH_AUTH_SOCK": f"{folder}/agent", "HOME": folder}
        process = subprocess.Popen(
            ["ssh-agent", "-D", "-a", f"{folder}/agent"], env=environment, stdout=subprocess.DEVNULL
        )
        try:
            for _ in range(200):
                if os.path.exists(f"{folder}/agent"):
                    break
                time.sleep(0.02)
            write_key(f"{folder}/key", signer("ann"), comment="ann@acme")
            subprocess.run(["ssh-add", "-q", f"{folder}/key"], env=environment, check=True, timeout=20)
            yield environment
        finally:
            process.terminate()
            process.wait(10)


def test_a_key_of_the_agent_approves(tmp_path: Path, index: IndexServer, agent: dict[str, str]) -> None:
    """From the baseline on; the twin in the environment names it; without the key nothing is fetched."""
    project = ApprovingProject(tmp_path, ["click"], index.url)
    project.environment |= {"SSH_AUTH_SOCK": agent["SSH_AUTH_SOCK"], "HOLDFAST_AGENT": public("ann").id}
    git(project.folder, "init")
    git(project.folder, "config", "user.name", "ann")
    project.must("init")
    assert project.acts().acts[0].keys == (public("ann").id,)
    index.add(wheel("click", "8.1.8"))
    project.must("update", "--refresh")
    project.must("approve", "click", "--reason", "fine")
    assert project.run("check").code == 0
    index.add(wheel("click", "8.1.9"))
    project.must("update", "--refresh")
    subprocess.run(["ssh-add", "-q", "-D"], env=agent, check=True, timeout=20)
    index.asked.clear()
    before = project.files()
    done = project.run("approve", "click", "--reason", "fine")
    assert done.code == 2
    assert "it holds no Ed25519 key" in done.err
    assert not index.asked
    assert project.files() == before


def test_an_agent_that_is_gone_after_the_proof_signs_nothing(
    tmp_path: Path, index: IndexServer, agent: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is taken away while the tool fetches: 2, and no file."""
    project = ApprovingProject(tmp_path, ["click"], index.url)
    project.environment |= {"SSH_AUTH_SOCK": agent["SSH_AUTH_SOCK"], "HOLDFAST_AGENT": public("ann").id}
    git(project.folder, "init")
    git(project.folder, "config", "user.name", "ann")
    project.must("init")
    index.add(wheel("click", "8.1.8"))
    project.must("update", "--refresh")
    proved = prove_chosen

    def slow(*arguments: object) -> object:
        proof = proved(*arguments)  # type: ignore[arg-type]
        subprocess.run(["ssh-add", "-q", "-D"], env=agent, check=True, timeout=20)
        return proof

    monkeypatch.setattr("holdfast.cli.commands.approve.prove_chosen", slow)
    before = project.files()
    assert project.run("approve", "click", "--reason", "fine").code == 2
    assert project.files() == before
