"""`approvals prune`: one signed checkpoint in the place of all approvals so far."""

import os
from collections.abc import Mapping

from holdfast.approvals.judge import judge, remember
from holdfast.cli.approval_reading import now_text
from holdfast.cli.approving import Sitting, open_pen, sit_down, write_act
from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN
from holdfast.cli.project import ProjectFolder, held, open_project
from holdfast.cli.sizes import count
from holdfast.cli.words import Arguments
from holdfast.errors import FileProblem
from holdfast.model.approval import FOLDER, SUFFIX, Act
from holdfast.workflows.acting import Pen, checked_reason
from holdfast.workflows.prune import Plan, checkpoint, only, plan, refuse_unsettled, stands


def prune(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Write the checkpoint, and delete what it stands for when it stands."""
    project = open_project(arguments)
    sitting = sit_down(project)
    refuse_unsettled(sitting.judged.states.head, sitting.judged.judgement)
    signer, pen = open_pen(sitting, arguments, environment)
    reason = checked_reason(arguments.text("reason"), "pruned")
    with held(project, arguments, environment, console):
        sitting = sit_down(project)
        refuse_unsettled(sitting.judged.states.head, sitting.judged.judgement)
        planned = plan(sitting.judged.states.head)
        if not planned.others:
            console.line("nothing to prune: a checkpoint is there, and nothing else")
            return CLEAN
        dry_run = arguments.switch("dry-run")
        if not (planned.covered and _stands(sitting, planned)):
            if planned.signed_by(pen.approver.id):
                console.line("nothing was deleted yet: another approver has to sign the same checkpoint")
                return CLEAN
            act = _checkpoint(sitting, pen, reason, planned)
            packages = count(sum(bool(one.after) for one in act.packages), "package")
            said = f"{count(len(planned.others), 'approval file')} by a checkpoint of {packages}"
            if dry_run:
                console.line(f"would replace {said}")
                return CLEAN
            console.line(f"{write_act(project, act, signer)} written, to replace {said}")
            sitting = sit_down(project)
            planned = plan(sitting.judged.states.head)
        return _delete_replaced(sitting, planned, console, dry_run=dry_run)


def _checkpoint(sitting: Sitting, pen: Pen, reason: str, planned: Plan) -> Act:
    head = sitting.judged.states.head
    memories = remember(head, sitting.now, sitting.judged.held)
    return checkpoint(head, sitting.judged.judgement, memories, pen, reason, planned.replaced)


def _delete_replaced(sitting: Sitting, planned: Plan, console: Console, *, dry_run: bool) -> int:
    if not _stands(sitting, planned):
        console.line("nothing was deleted yet: another approver has to sign the same, with `holdfast approvals prune`")
        return CLEAN
    said = count(len(planned.others), "approval file")
    if dry_run:
        console.line(f"would delete {said}")
        return CLEAN
    for digest in planned.oldest_first:
        _delete(sitting.project, digest + SUFFIX)
    console.line(f"{said} deleted")
    return CLEAN


def _stands(sitting: Sitting, planned: Plan) -> bool:
    """Whether the checkpoints alone carry the whole state."""
    left = only(sitting.judged.states.head, planned.checkpoints)
    path = sitting.configuration.path
    return stands(judge(left, None, now_text(), held=None, configuration_path=path))


def _delete(project: ProjectFolder, name: str) -> None:
    path = os.path.join(project.folder, FOLDER, name)
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise FileProblem(path, "delete", error.strerror or type(error).__name__) from None
