"""What somebody writes into the folder of approvals by hand, past `approve`: any act, signed by any key they have.

    forge = Forgery(stage)                                      # knows the lock and the rules of this moment
    stage.update("click")
    forge.write(forge.approval("click", MALLORY), MALLORY)      # from what was locked then to what is locked now
    forge.write(forge.baseline(MALLORY), MALLORY)               # a beginning of her own

Signatures are real, only the keys are those of people who may not, or not so.
"""

import base64
import json
from pathlib import Path
from typing import Any

from holdfast.configuration.read import read_configuration
from holdfast.configuration.security import security_of
from holdfast.format.read import read
from holdfast.format.write import write
from holdfast.model.approval import Act
from holdfast.model.lock import Lock, Pin
from holdfast.model.security import Security
from holdfast.model.signers import everybody
from holdfast.trust.approval_files import read_acts
from tests.support import approvals
from tests.support.module_projects import clock
from tests.support.story_team import Person, Team


class Forgery:
    """Acts about a project; `before` and `old_rules` are its lock and its security configuration when it was made."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.before = self.lock
        self.old_rules = self.rules

    @property
    def rules(self) -> Security:
        """The security configuration as it is now."""
        files = {path.name: path.read_bytes() for path in self.team.folder.iterdir() if path.is_file()}
        return security_of(read_configuration(files.get))

    @property
    def lock(self) -> Lock:
        """The lock as it is now."""
        return read(self.team.lock.read_bytes(), "holdfast.lock")

    def relock(self, name: str, **fields: Any) -> None:
        """Write other facts of a package into the lock; records that nobody names any more go."""
        lock = self.lock
        pins = tuple([pin._replace(**fields) if pin.name == name else pin for pin in lock.packages])
        named = {id_ for pin in pins for id_ in everybody(pin)}
        signers = tuple([one for one in lock.signers if one.id in named])
        self.team.lock.write_text(write(lock._replace(packages=pins, signers=signers)))

    def pin(self, name: str) -> Pin:
        """What is locked of a package."""
        return next(pin for pin in self.lock.packages if pin.name == name)

    def heads(self, name: str) -> list[str]:
        """The acts about a package that no other act follows."""
        files = {one: (self.team.approvals / one).read_bytes() for one in self.team.acts}
        speaking = {
            one.digest: change.follows
            for one in read_acts(files, ()).acts
            for change in one.act.packages
            if change.name == name
        }
        return [digest for digest in speaking if not any(digest in follows for follows in speaking.values())]

    def approval(self, name: str, by: Person, *, rules: Security | None = None, **fields: Any) -> Act:
        """The step of a package from what was locked to what is locked, of what nobody follows yet."""
        change = approvals.change(name, self.before, self.lock, follows=self.heads(name))
        given = {"reviewer": by.name, "role": by.role, "date": clock(), **fields}
        return approvals.approval(rules or self.old_rules, change, **given)

    def configuration(self, by: Person, follows: list[str]) -> Act:
        """The step of the security configuration from what it was to what it is."""
        change = approvals.security_change(self.old_rules, self.rules, follows)
        return approvals.approval(self.old_rules, security=change, reviewer=by.name, role=by.role, date=clock())

    def baseline(self, by: Person) -> Act:
        """Everything as it is."""
        return approvals.baseline(self.lock, self.rules, reviewer=by.name, role=by.role, date=clock())

    def checkpoint(self, by: Person) -> Act:
        """Everything as it is, in the place of all acts so far."""
        return approvals.checkpoint(self.lock, self.rules, self.team.acts, reviewer=by.name, role=by.role, date=clock())

    def write(self, act: Act, by: Person) -> Path:
        """Sign an act by somebody's key, and put it among the approvals."""
        name, data = approvals.signed(act, by.word)
        self.team.approvals.mkdir(parents=True, exist_ok=True)
        path = self.team.approvals / name
        path.write_bytes(data)
        return path

    def write_signed_as(self, act: Act, other: Path) -> None:
        """Put an act among the approvals under the signatures of another file."""
        path = self.write(act, Person("nobody"))
        envelope = json.loads(path.read_text())
        envelope["signatures"] = json.loads(other.read_text())["signatures"]
        path.write_text(json.dumps(envelope))

    def payload(self, name: str) -> bytes:
        """The statement of a file."""
        return base64.b64decode(json.loads((self.team.approvals / name).read_text())["payload"])
