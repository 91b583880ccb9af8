"""`registry rotate-key`, `refresh`, `check`, `upload-list`. Needs no project."""

import os
from collections.abc import Mapping

from holdfast.cli.commands.registry import number
from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN, FOUND
from holdfast.cli.registry_desk import now_text, open_desk, why
from holdfast.cli.sizes import count
from holdfast.cli.words import Arguments
from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, fails
from holdfast.publish.registry.check import Remark, check_registry
from holdfast.publish.registry.folder import RegistryFolder
from holdfast.publish.registry.upload import upload_order
from holdfast.reports.port import Summary
from holdfast.workflows.registry_refresh import refresh
from holdfast.workflows.registry_rotate import rotate_key
from holdfast_resolver.values.tuples import NamedTuple


class _Words(NamedTuple):
    """How a remark is told as a finding; templates name its subject and detail."""

    code: str
    expected: str
    found: str
    hint: str = ""


_WORDS = {
    "damaged": _Words("registry-damaged", "what the registry's keys signed", "something else"),
    "refused": _Words("registry-damaged", "a release that a client takes", "one that would be refused"),
    "blob": _Words("registry-damaged", "the bytes that were published", "{detail}"),
    "expired": _Words("registry-stale", "metadata whose time is not over", "expired at {detail}", "refresh"),
    "expires": _Words("registry-expiring", "more than a quarter of its time left", "expires at {detail}", "refresh"),
    "stray": _Words("registry-leftover", "files that something leads to", "one that nothing leads to"),
    "unreferenced": _Words("registry-leftover", "files that somebody asks for", "{detail} that no client asks for"),
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
    findings = tuple([_finding(one, arguments.text("folder")) for one in check_registry(folder, now_text())])
    errors = sum(fails(one) for one in findings)
    sentence = f"the registry is not whole: {count(errors, 'error')}" if errors else "the registry is whole"
    if findings or console.form != "text":
        console.report(findings, Summary(console.command, sentence))
    else:
        console.line(sentence)
    return FOUND if errors else CLEAN


def upload_list(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """List what to upload, in order."""
    folder = RegistryFolder(os.path.expanduser(arguments.text("folder")))
    console.result("".join([path + "\n" for path in upload_order(folder, number(arguments, "since", 0))]))
    return CLEAN


def _finding(remark: Remark, folder: str) -> Finding:
    words = _WORDS[remark.code]
    found = words.found.format(detail=remark.detail)
    if remark.cause is not None:
        found += f": {why(remark.cause)}"
    elif remark.detail and "{detail}" not in words.found:
        found += f": {remark.detail}"
    hint = f"holdfast registry {words.hint} {folder}" if words.hint else f"holdfast explain {words.code}"
    return Finding(words.code, severity(words.code), remark.subject, words.expected, found, hints=(hint,))
