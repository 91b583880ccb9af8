"""A locked project with a trail of approvals that tests write by hand, without `approve`: any act, by anybody.

project = ApprovedProject(tmp_path, "alice", "bob")      flask 3.0.0 and click 8.1.8 are locked; the baseline is alice's
project.move("click", "8.2.0")                           the lock has another version, which nobody approved
project.approve("click", "bob")                          now somebody did
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from holdfast.configuration.read import read_configuration
from holdfast.configuration.security import security_of
from holdfast.format.read import read
from holdfast.format.write import write
from holdfast.model.approval import FOLDER, SUFFIX
from holdfast.model.lock import Lock, Pin, PinnedArtifact
from holdfast.model.security import Security
from tests.support import approvals, repositories
from tests.support.index_server import serving
from tests.support.packages import read_releases
from tests.support.project import Project
from tests.support.signing_keys import public

SHELF = "flask 3.0.0\n    click>=8\nclick 8.1.8"
OTHER = "sha256:" + 64 * "0"


class ApprovedProject(Project):
    """Its configuration is in `pyproject.toml`, or with `own=True` in `holdfast.toml`."""

    def __init__(self, folder: Path, *people: str, policy: str = "", own: bool = False, begin: bool = True) -> None:
        """`people`: names, `name/role` or `name/role/e-mail`; the first signs the baseline where it is to `begin`."""
        folder.mkdir(exist_ok=True)
        with serving(read_releases(SHELF)) as server:
            super().__init__(folder, ["flask"], server.url)
            self.locked()
        self.own = own
        if own:
            text, _, targets = self.manifest.read_text().partition("[tool.holdfast.targets]")
            self.manifest.write_text(text)
            self.configuration.write_text(f'id = "{approvals.PROJECT}"\n\n[targets]{targets}')
        elif people:
            self.configure(f'\n[tool.holdfast]\nid = "{approvals.PROJECT}"\n')
        self.configure("".join([approver(one) for one in people]) + policy)
        self.follows: dict[tuple[str, str], str] = {}
        self.approved = self.state
        if people and begin:
            self.begin(people[0].partition("/")[0])

    @property
    def configuration(self) -> Path:
        """The file that its configuration is in."""
        return self.folder / "holdfast.toml" if self.own else self.manifest

    def configure(self, text: str) -> None:
        """Add text to the configuration: `[[T.approver]]`, `[T.policy]`."""
        text = text.replace("[T.", "[" if self.own else "[tool.holdfast.")
        self.configuration.write_text(self.configuration.read_text() + text)

    @property
    def rules(self) -> Security:
        """Its security configuration."""
        files = {path.name: path.read_bytes() for path in self.folder.iterdir() if path.is_file()}
        return security_of(read_configuration(files.get))

    @property
    def state(self) -> Lock:
        """Its lock."""
        return read(self.lock.read_bytes(), "holdfast.lock")

    @property
    def approvals(self) -> Path:
        """The folder of its approvals."""
        return self.folder / FOLDER

    def add(self, file: tuple[str, bytes]) -> Path:
        """Write the file of an act, and return where."""
        self.approvals.mkdir(parents=True, exist_ok=True)
        path = self.approvals / file[0]
        path.write_bytes(file[1])
        return path

    def begin(self, word: str) -> Path:
        """Write the baseline."""
        path = self.add(approvals.signed(approvals.baseline(self.state, self.rules), word))
        self.follows = dict.fromkeys([(pin.source, pin.name) for pin in self.state.packages], path.stem)
        self.approved = self.state
        return path

    def move(self, name: str, version: str = "", *, digest: str = OTHER) -> None:
        """Edit the lock: another version of a package (or the same), of which every file has another hash."""
        lock = self.state
        packages = tuple([_moved(pin, version, digest) if pin.name == name else pin for pin in lock.packages])
        self.lock.write_text(write(lock._replace(packages=packages)))

    def approve(self, name: str, *words: str, rules: Security | None = None, **fields: Any) -> Path:
        """Write an act for the pins of a package as they are locked, signed by these people."""
        follows = [self.follows[("pypi", name)]]
        after = approvals.change(name, self.approved, self.state, follows=follows)
        fields = {"reviewer": words[0], **fields}
        path = self.add(approvals.signed(approvals.approval(rules or self.rules, after, **fields), *words))
        self.follows[("pypi", name)] = path.stem
        self.approved = self.state
        return path

    def reject(self, name: str, word: str) -> Path:
        """Write a rejection of the pins of a package as they are locked."""
        after = approvals.change(name, self.approved, self.state, follows=[self.follows[("pypi", name)]])
        return self.add(approvals.signed(approvals.rejection(self.rules, after, reviewer=word), word))

    def approve_configuration(self, before: Security, follows: Path, *words: str) -> Path:
        """Write an act for the configuration as it is now."""
        change = approvals.security_change(before, self.rules, [follows.name.removesuffix(SUFFIX)])
        return self.add(approvals.signed(approvals.approval(before, security=change, reviewer=words[0]), *words))

    def commit(self, author: str = "dev@acme.example", files: Mapping[str, str | bytes | None] | None = None) -> str:
        """Commit everything, and return the full id."""
        return repositories.commit(self.folder, dict(files or {}), author)


def approver(text: str) -> str:
    """The table of `name`, `name/role` or `name/role/e-mail`."""
    name, _, rest = text.partition("/")
    role, _, mail = rest.partition("/")
    lines = ["[[T.approver]]", f'name = "{name}"', f'key = "{public(name).text}"']
    lines += [f'role = "{role}"'] if role else []
    lines += [f'emails = ["{mail}"]'] if mail else []
    return "\n" + "\n".join(lines) + "\n"


def _moved(pin: Pin, version: str, digest: str) -> Pin:
    version = version or pin.version
    files = [PinnedArtifact(one.file.replace(pin.version, version), digest, one.signers) for one in pin.artifacts]
    return pin._replace(version=version, artifacts=tuple(files))
