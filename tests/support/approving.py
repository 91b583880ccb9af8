"""A project whose approvals are in force, with people who have keys, over an index on loopback.

with serving(read_releases("click 8.1.7")) as server:
    project = approving(tmp_path, server, ["click"], "ann", Person("bob", "security"), policy="threshold = 2")
    server.add(wheel("click", "8.1.8"))
    project.must("update")
    done = project.run("approve", "click", "--reason", "looked at it", *project.key("ann"))

The first person signs the baseline. The key of a person is `signing_keys.signer(name)`.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives import serialization

from holdfast.model.approval import FOLDER, SignedAct
from holdfast.model.security import RULE_ROLE
from holdfast.trust.approval_files import Acts, read_acts
from tests.support.index_server import IndexServer
from tests.support.project import Done, Project
from tests.support.signing_keys import public, signer

FAR = "2099-01-01"  # an end date that tests do not reach


class Person(NamedTuple):
    """Somebody who approves."""

    name: str
    role: str = ""


class ApprovingProject(Project):
    """A project, and the key files of people beside it."""

    def key(self, name: str) -> tuple[str, str]:
        """Return `--key FILE` of somebody; the file is made when it is first asked for."""
        return "--key", str(key_file(self.folder.parent, name))

    def must(self, *words: str) -> Done:
        """Run a command, which must work."""
        done = self.run(*words)
        assert done.code == 0, done.out + done.err
        return done

    @property
    def approvals(self) -> Path:
        """The folder of approvals."""
        return self.folder / FOLDER

    def files(self) -> dict[str, bytes]:
        """Return everything in the folder of approvals."""
        if not self.approvals.exists():
            return {}
        return {path.name: path.read_bytes() for path in sorted(self.approvals.iterdir())}

    def acts(self, *people: str) -> Acts:
        """Return what the files say, verified by the keys of these people and those in the files."""
        return read_acts(self.files(), [public(name).text for name in people])

    def newest(self, before: dict[str, bytes]) -> SignedAct:
        """Return the one act that was not among the files `before`."""
        new = [name for name in self.files() if name not in before]
        assert len(new) == 1, new
        return next(one for one in self.acts().acts if new[0].startswith(one.digest))

    def configure(self, text: str) -> None:
        """Add text to the configuration; `{holdfast}` is where its tables are."""
        self.manifest.write_text(self.manifest.read_text() + text.format(holdfast="tool.holdfast"))


def key_file(folder: Path, name: str, passphrase: bytes = b"") -> Path:
    """Write somebody's private key in OpenSSH's form, and return where."""
    path = folder / f"{name}{'-locked' if passphrase else ''}.key"
    if not path.exists():
        encryption = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
        private = signer(name).private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, encryption
        )
        path.write_bytes(private)
        path.chmod(0o600)
    return path


def approver_text(*people: Person | str) -> str:
    """Return the `[[approver]]` tables of people, for `configure`."""
    lines = []
    for one in people:
        person = one if isinstance(one, Person) else Person(one)
        lines += ["[[{holdfast}.approver]]", f"name = {json.dumps(person.name)}"]
        lines += [f"key = {json.dumps(public(person.name).text)}"]
        lines += [f"role = {json.dumps(person.role)}"] if person.role else []
    return "\n".join(["", *lines, ""])


def approving(
    folder: Path,
    server: IndexServer,
    wishes: Sequence[str],
    *people: Person | str,
    policy: str = "",
    rules: str = "",
    pythons: Sequence[str] = ("3.11",),
) -> ApprovingProject:
    """Return a project with lock and baseline. `policy` are lines of `[policy]`, `rules` whole tables."""
    project = ApprovingProject(folder, wishes, server.url, pythons=pythons)
    project.must("init")
    project.configure(approver_text(*people))
    project.configure(f"\n[{{holdfast}}.policy]\n{policy}\n" + rules)
    first = next(one if isinstance(one, Person) else Person(one) for one in people)
    assert first.role != RULE_ROLE
    project.must("approvals", "baseline", *project.key(first.name))
    return project
