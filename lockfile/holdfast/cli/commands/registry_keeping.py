"""`registry rotate-key`, `refresh`, `check`, `upload-list`. Needs no project."""

import os
from collections.abc import Mapping

from holdfast.cli.commands.registry import number
from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN, FOUND
from holdfast.cli.registry_desk import now_text, open_desk, why
from holdfast.cli.words import Arguments
from holdfast.publish.registry.check import ERROR, Remark, check_registry
from holdfast.publish.registry.folder import RegistryFolder
from holdfast.publish.registry.upload import upload_order
from holdfast.reports.findings_json import write
from holdfast.reports.plain import plain
from holdfast.reports.port import SCHEMA
from holdfast.workflows.registry_refresh import refresh
from holdfast.workflows.registry_rotate import rotate_key

_SAID = {
    "damaged": "{subject} is not what the registry's keys signed",
    "refused": "{subject} would be refused by a client",
    "blob": "{subject}: {detail}",
    "expired": "{subject} expired at {detail}",
    "expires": "{subject} expires soon, at {detail}",
    "stray": "{subject} is a file that nothing leads to",
    "unreferenced": "{subject}: {detail} files that no client asks for any more",
}
_HINTS = {
    "damaged": "restore the folder from a copy",
    "refused": "yank it, so that nobody chooses it anew",
    "expired": "run `holdfast registry refresh DIR`",
    "expires": "run `holdfast registry refresh DIR`",
}
_MOST_BINS = 3


def rotate(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Rotate a key."""
    desk = open_desk(arguments, environment, console)
    role = arguments.text("role")
    state = rotate_key(desk, role, arguments.texts_of("retire"))
    console.line(f"the registry has a new key for {role}: root version {state.root.signed.version}")
    console.line(f"keep {desk.keys.folder} safe; the old key signs nothing of the registry any more")
    return CLEAN


def refresh_state(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Renew what is due; fails where keys that are not at hand are needed soon."""
    done = refresh(open_desk(arguments, environment, console))
    bins = [name for name in done.renewed if name.startswith("bin-")]
    others = [name for name in done.renewed if name not in bins]
    several = [f"{len(bins)} bins"] if len(bins) > _MOST_BINS else bins
    console.line("renewed " + ", ".join([*several, *others]))
    for one in done.waiting:
        console.note(f"{'warning' if one.near else 'note'}: until {one.expires}: {why(one.error)}")
    return FOUND if any(one.near for one in done.waiting) else CLEAN


def check(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Judge the whole registry."""
    folder = RegistryFolder(os.path.expanduser(arguments.text("folder")))
    remarks = check_registry(folder, now_text())
    errors = sum(one.severity == ERROR for one in remarks)
    if console.form == "json":
        rows = [{**_row(one), "cause": why(one.cause) if one.cause else ""} for one in remarks]
        console.result(write({"version": SCHEMA, "command": console.command, "findings": rows}))
    else:
        for one in remarks:
            console.result(plain(_said(one)) + "\n")
        console.line(f"{errors} errors" if errors else "the registry is whole")
    return FOUND if errors else CLEAN


def upload_list(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """List what to upload, in order."""
    folder = RegistryFolder(os.path.expanduser(arguments.text("folder")))
    console.result("".join([path + "\n" for path in upload_order(folder, number(arguments, "since", 0))]))
    return CLEAN


def _row(remark: Remark) -> dict[str, str]:
    severity, code, subject, detail, _ = remark
    return {"severity": severity, "code": code, "subject": subject, "detail": detail}


def _said(remark: Remark) -> str:
    text = _SAID[remark.code].format(subject=remark.subject, detail=remark.detail)
    cause = why(remark.cause) if remark.cause else remark.detail if "{detail}" not in _SAID[remark.code] else ""
    hint = _HINTS.get(remark.code, "")
    return f"{remark.severity}: {text}" + (f": {cause}" if cause else "") + (f"\n  hint: {hint}" if hint else "")
