"""How approvals begin: the first approver in the configuration, and the one signed baseline. For `init` and `baseline`.

Knows who git says is at work; asks no network. Whoever calls holds the project.
"""

import os
import subprocess
from collections.abc import Mapping

from holdfast.cli.approval_reading import judge_project, now_text
from holdfast.cli.approving import write_act
from holdfast.cli.console import Console
from holdfast.cli.project import ProjectFolder
from holdfast.cli.signers import named_signer, open_signer
from holdfast.cli.sizes import count
from holdfast.cli.words import Arguments
from holdfast.configuration.configuration import Configuration
from holdfast.configuration.edit_approvers import add_approver
from holdfast.configuration.read import read_configuration
from holdfast.configuration.security import security_of
from holdfast.errors import HoldfastError, Undecided, UsageError
from holdfast.model.approval import FOLDER
from holdfast.model.lock import Lock
from holdfast.model.security import Approver
from holdfast.trust.key_files import load_public
from holdfast.trust.signing import Signer
from holdfast.trust.ssh_agent import AgentSigner
from holdfast.workflows.acting import checked_reason
from holdfast.workflows.approval_state import BESIDES, is_act
from holdfast.workflows.baseline import REASON, baseline, first_approver, refuse_begun
from holdfast.workflows.init import ATTRIBUTES, attributes_text
from holdfast.workflows.previous import read_lock
from holdfast_resolver.values.tuples import NamedTuple


class Beginner(NamedTuple):
    """Who signs the baseline. `name` and `emails` are what the configuration will say of them."""

    signer: Signer
    name: str
    emails: tuple[str, ...]
    reason: str


def open_beginner(project: ProjectFolder, arguments: Arguments, environment: Mapping[str, str]) -> Beginner:
    """Return who begins. Raises `UsageError` without a name or a key, key errors."""
    signer = open_signer(arguments, environment)
    email = _git(project.folder, "user.email")
    known = [one.name for one in read_configuration(project.read).approvers if one.id == signer.public.id]
    named = known[0] if known else arguments.text("name") or _git(project.folder, "user.name")
    named = named or _comment(signer, arguments, environment)
    if not named.strip():
        raise UsageError("a name for the first approver", "none", "add --name NAME to `holdfast approvals baseline`")
    emails = (email,) if email.strip("@").count("@") and " " not in email else ()
    return Beginner(signer, named.strip(), emails, checked_reason(arguments.text("reason") or REASON, "accepted"))


def begun(project: ProjectFolder) -> int:
    """Return how many files of approvals there are."""
    return sum(is_act(name) for name in project.folder_of(FOLDER, BESIDES))


def begin(project: ProjectFolder, who: Beginner, console: Console, *, dry_run: bool = False) -> None:
    """Write the approver, where the configuration does not have them, and then the baseline of lock and configuration.

    Raises `UsageError`, `ConfigurationError`, `LockMissing`, `FileProblem`, `KeyUnreadable`.
    """
    refuse_begun(begun(project))
    configuration = read_configuration(project.read)
    if not configuration.id:
        raise UsageError("a project with an id", "none", "holdfast init")
    lock, now = read_lock(project), now_text()
    key = who.signer.public
    candidate = Approver(who.name, key.text, key.id, emails=who.emails)
    found = first_approver(configuration.approvers, candidate, now)
    edited = None
    if found is None:
        data = project.read(configuration.path) or b""
        edited = add_approver(data.decode("utf-8"), candidate, configuration.path).encode()
        configuration = read_configuration(ProjectFolder(project.folder, {configuration.path: edited}).read)
    if dry_run:
        console.line(f"{(found or candidate).name} would sign a baseline of {count(len(lock.packages), 'package')}")
        return
    if edited is not None:
        project.write(configuration.path, edited)
        console.line(f"{configuration.path} edited: {candidate.name} is an approver")
    attributes = attributes_text(project.read(ATTRIBUTES) or b"")
    if attributes is not None:
        project.write(ATTRIBUTES, attributes.encode("utf-8", "surrogateescape"))
        console.line(f"{ATTRIBUTES} edited: git changes no line ends of approvals")
    act = baseline(lock, security_of(configuration), found or candidate, who.reason, now)
    console.line(f"{write_act(project, act, who.signer)} written: a baseline of {count(len(lock.packages), 'package')}")
    _check(project, lock, configuration)
    console.line("none of them was reviewed; from now on each change waits for approval")


def _check(project: ProjectFolder, lock: Lock, configuration: Configuration) -> None:
    """What was written must be what `check` accepts: anything else is a fault of ours, and is said at once."""
    judged = judge_project(project, lock, configuration, None)
    if judged is None or judged.judgement.waiting or judged.judgement.security is not None:
        raise Undecided("the baseline was written, and does not count", "holdfast approvals verify")


def _comment(signer: Signer, arguments: Arguments, environment: Mapping[str, str]) -> str:
    """What the key itself is called, by the agent or in the public file beside the private one; never a path."""
    if isinstance(signer, AgentSigner):
        comment = signer.comment
    else:
        path, _ = named_signer(arguments, environment)
        try:
            comment = load_public(os.path.expanduser(path) + ".pub")[1]
        except HoldfastError:  # there is none, or it cannot be read: then the key has no name
            return ""
    return comment if comment.isprintable() and "/" not in comment and "\\" not in comment else ""


def _git(folder: str, key: str) -> str:
    """What git's configuration says of who works here; "" where it says nothing, or there is no git."""

    try:
        done = subprocess.run(
            ["git", "-c", "safe.bareRepository=explicit", "config", "--get", key],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError:
        return ""
    text = done.stdout.decode("utf-8", "replace").strip()
    return text if done.returncode == 0 and text.isprintable() else ""
