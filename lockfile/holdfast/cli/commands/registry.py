"""`registry init`, `submit`, `publish`, `yank`, `unyank`. Needs no project."""

import os
from collections.abc import Mapping

from holdfast import files
from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN, FOUND
from holdfast.cli.module_files import SIGNATURE, VETTED, named_signature, read_module, read_signature
from holdfast.cli.registry_desk import inbox_of, open_desk, why
from holdfast.cli.registry_words import hint_of
from holdfast.cli.words import Arguments
from holdfast.errors import UsageError
from holdfast.publish.registry.admit import Submission
from holdfast.publish.registry.create import Founding, create_registry
from holdfast.publish.registry.inbox import drop
from holdfast.reports.findings_json import write
from holdfast.reports.port import SCHEMA
from holdfast.workflows import registry_releases
from holdfast.workflows.registry_publish import Options, Published, publish_inbox


def init(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Make a registry."""
    name = required(arguments, "name", "the registry's name, such as acme")
    if not name.replace("-", "").isalnum() or not name.isascii():
        raise UsageError("a name of ASCII letters, digits and '-' for --name", name)
    founding = Founding(name, number(arguments, "root-keys", 3), number(arguments, "root-threshold", 2))
    desk = open_desk(arguments, environment, console, protect=_new_passphrase(arguments))
    state = create_registry(desk.folder, desk.keys, founding, desk.now)
    console.line(f"made the registry {name} in {desk.folder.path}, its keys in {desk.keys.folder}")
    console.line(
        "move the root, targets and modules keys to where no server is; only publishing needs no more than online"
    )
    console.line(f"its first root is {state.identity}")
    console.line("a project that uses it commits metadata/1.root.json as .holdfast/roots/" + name + ".json, and has")
    console.line("")
    console.line(f"[sources.{name}]")
    console.line('kind = "modules"')
    console.line(f'url = "https://modules.{name}.example/"  # where DIR is served')
    console.line(f'root = "{state.identity}"')
    return CLEAN


def submit(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Drop a submission."""
    archive = os.path.expanduser(arguments.text("archive"))
    inbox = os.path.expanduser(required(arguments, "inbox", "the inbox's folder"))
    packed = read_module(archive)
    signatures = arguments.texts_of("signature") or (archive + SIGNATURE,)
    vetted = [named_signature(os.path.expanduser(path)) for path in arguments.texts_of("vetted")]
    if not vetted and (beside := read_signature(archive + VETTED)):
        vetted = [beside]
    report = arguments.text("report")
    manifest = packed.manifest
    submission = Submission(
        f"{manifest.name[1:].replace('/', '-')}-{manifest.version}",
        packed.archive,
        tuple([named_signature(os.path.expanduser(path)).strip() for path in signatures]),
        tuple([text.strip() for text in vetted]),
        files.read_bytes(os.path.expanduser(report)) if report else b"",
    )
    name = drop(inbox, submission)
    console.line(f"submitted {manifest.name} {manifest.version} as {name}")
    return CLEAN


def publish(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Judge the inbox."""
    desk = open_desk(arguments, environment, console)
    report = arguments.text("report")
    if report and not arguments.switch("cosign"):
        raise UsageError("--cosign with --report: the registry's key binds it", "--report alone")
    text = files.read_bytes(os.path.expanduser(report)) if report else b""
    options = Options(arguments.switch("cosign"), text, arguments.switch("allow-similar"))
    done = publish_inbox(desk, inbox_of(arguments, desk), options)
    if console.form == "json":
        console.result(_document(console, done))
    else:
        _say(console, done)
    return FOUND if done.refused else CLEAN


def yank(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Yank a release."""
    reason = required(arguments, "reason", "why, in one line")
    name, version = arguments.text("name"), arguments.text("version")
    wrote = registry_releases.yank(open_desk(arguments, environment, console), name, version, reason)
    console.line(f"yanked {name} {version}: {reason}" if wrote else f"{name} {version} is yanked so already")
    return CLEAN


def unyank(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Take a yank back."""
    name, version = arguments.text("name"), arguments.text("version")
    wrote = registry_releases.unyank(open_desk(arguments, environment, console), name, version)
    console.line(f"{name} {version} may be chosen again" if wrote else f"{name} {version} is not yanked")
    return CLEAN


def required(arguments: Arguments, name: str, what: str) -> str:
    """Return a flag's value. Raises `UsageError` without one."""
    value = arguments.text(name)
    if not value:
        raise UsageError(f"--{name}: {what}", "nothing", f"see `holdfast {arguments.command} --help`")
    return value


def number(arguments: Arguments, name: str, usual: int) -> int:
    """Return a flag's whole number. Raises `UsageError`."""
    text = arguments.text(name)
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise UsageError(f"a whole number for --{name}", text)
    return int(text) if text else usual


def _new_passphrase(arguments: Arguments) -> bytes:
    named = arguments.text("passphrase-file")
    if not named:
        return b""
    from holdfast.trust.key_files import read_passphrase  # start-up: only for a registry that is being made

    return read_passphrase(os.path.expanduser(named))


def _say(console: Console, done: Published) -> None:
    for _, admission in done.admitted:
        what = "published" if admission.is_new else "has already"
        console.line(f"{what} {admission.name} {admission.release.version} by {admission.release.publisher}")
    for label, error in done.refused:
        console.result("")
        console.note(f"refused {label}: {why(error)}")
        hint = hint_of(error)
        if hint:
            console.note(f"hint: {hint}")
    if not done.admitted and not done.refused:
        console.line("nothing waits in the inbox")


def _document(console: Console, done: Published) -> str:
    return write(
        {
            "version": SCHEMA,
            "command": console.command,
            "published": [
                {
                    "submission": label,
                    "name": admission.name,
                    "version": admission.release.version,
                    "publisher": admission.release.publisher,
                    "archive": admission.release.archive,
                    "new": admission.is_new,
                }
                for label, admission in done.admitted
            ],
            "refused": [
                {"submission": label, "kind": type(error).__name__, "reason": why(error)}
                for label, error in done.refused
            ],
            "written": [{"file": path, "bytes": size} for path, size in done.written.items()],
        }
    )
