"""What the team's project stands on: an index of Python packages that swaps bytes, evidence and signers when told to.

with index_stage(tmp_path) as stage:
    stage.release("tool", "1.1", RELEASE)              # another release, signed
    stage.swap("tool-1.0.tar.gz")                      # other bytes under the same name
    stage.index.unsign("tool-1.0*")
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.approval_story import Stage
from tests.support.packages import File, read_releases, sdist, wheel
from tests.support.project import Done, Project
from tests.support.signed_project import ROOT
from tests.support.signing_index import SigningIndex, signing_index
from tests.support.sigstore_identities import GitHubWorkflow, Identity
from tests.support.story_team import ADA, BEA, CI, DANA, MALLORY, Person

RELEASE = GitHubWorkflow("acme", "tool", "101", "7")
SHELF = """\
tool 1.0 | tags cp311-cp311-manylinux_2_17_x86_64 cp311-cp311-win_amd64 | sdist static
click 8.1.7
flask 3.0.0
    click>=8
"""
POLICY = """
[{at}policy]
independent = true
"""


class IndexStage(Stage):
    """A project with packages from one index. `tool` is signed in two wheels and an sdist, the others by nobody."""

    def __init__(self, folder: Path, index: SigningIndex, wishes: Sequence[str]) -> None:
        project = Project(folder, wishes, index.url)
        super().__init__(project.folder, project.environment, "pyproject.toml")
        self.index = index

    def kept(self) -> tuple[Mapping[str, File], Mapping[str, bytes]]:
        """What the index has."""
        return dict(self.index.files), dict(self.index.evidence)

    def put_back(self, kept: object) -> None:
        """Let the index have what it had."""
        assert isinstance(kept, tuple)
        self.index.files, self.index.evidence = dict(kept[0]), dict(kept[1])

    def release(self, name: str, version: str, *signers: Identity, like: str = "1.0") -> None:
        """Put a release on the index, in files as those of `like`."""
        old = [one for one in self.index.files.values() if (one.package, one.version) == (name, like)]
        requires = ["click>=8"] if name == "flask" else []
        for one in old:
            tag = "-".join(one.file.removesuffix(".whl").split("-")[2:])
            self.index.add(wheel(name, version, requires, tag=tag) if one.is_wheel else sdist(name, version, requires))
        if not old:
            self.index.add(wheel(name, version, requires))
        if signers:
            self.index.attest(f"{name}-{version}*", *signers)

    def swap(self, file: str, salt: str = "swapped") -> None:
        """Put other bytes in the place of a file."""
        old = self.index.files[file]
        tag = "-".join(file.removesuffix(".whl").split("-")[2:])
        new = (
            wheel(old.package, old.version, tag=tag, salt=salt)
            if old.is_wheel
            else sdist(old.package, old.version, salt=salt)
        )
        assert new.sha256 != old.sha256
        self.index.add(new)

    def update(self, *names: str) -> Done:
        """Dana's `holdfast update NAME`, past the cache."""
        return self.run("update", *names, "--refresh")

    def begin(self, *people: Person, policy: str = POLICY) -> None:
        """Day one: an id, a lock, approvers, a policy, and the baseline by the first of them."""
        self.must("init")
        self.configure("".join([one.table for one in people]) + policy)
        self.must("approvals", "baseline", by=people[0])
        self.commit(DANA, "day one")
        self.must("check")


@contextmanager
def index_stage(
    folder: Path, shelf: str = SHELF, wishes: Sequence[str] = ("tool", "flask"), policy: str = POLICY
) -> Iterator[IndexStage]:
    """A team on day one: Ada (security) and Bea approve; the root of trust is pinned."""
    with signing_index(read_releases(shelf)) as index:
        stage = IndexStage(folder, index, wishes)
        if any(name.startswith("tool-") for name in index.files):
            index.attest("tool-*", RELEASE)
        root = stage.folder / ROOT
        root.parent.mkdir(parents=True)
        root.write_bytes(index.world.trust_root)
        stage.configure(f'\n[{{at}}sigstore]\nroot = "{index.world.digest}"\n')
        stage.begin(ADA, BEA, CI, policy=policy)
        yield stage


__all__ = ["ADA", "BEA", "CI", "DANA", "MALLORY", "RELEASE", "IndexStage", "index_stage"]
