"""`module sign` and `cosign`: envelopes beside an archive, signed by a key file or through the ssh-agent."""

import os
import time
from collections.abc import Mapping
from hashlib import sha256

from holdfast import files
from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN
from holdfast.cli.module_files import (
    SIGNATURE,
    VETTED,
    archive_path,
    beside,
    first_signature,
    named_signature,
    read_module,
    read_signature,
    title,
)
from holdfast.cli.signers import open_signer
from holdfast.cli.words import Arguments
from holdfast.publish.pack import Packed
from holdfast.reports.module_facts import json_text
from holdfast.trust.ed25519 import PublicKey
from holdfast.workflows.module_sign import Signed, cosign_module, sign_module


def sign(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Sign as publisher."""
    path = arguments.text("path")
    packed = read_module(path)
    output = arguments.text("output") or archive_path(path, packed) + SIGNATURE
    signer = open_signer(arguments, environment)
    signed = sign_module(packed, signer, _now(), read_signature(output) or "")
    files.write_atomic(output, signed.text.encode())
    _say(arguments, console, packed, signer.public, output, signed)
    return CLEAN


def cosign(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Sign that the module was vetted."""
    path = arguments.text("path")
    packed = read_module(path)
    output = arguments.text("output") or archive_path(path, packed) + VETTED
    named = arguments.text("signature")
    publisher = named_signature(named) if named else first_signature(beside(path, packed, SIGNATURE)) or ""
    report = _digest(arguments.text("report"))
    signer = open_signer(arguments, environment)
    existing = read_signature(output) or ""
    policy = arguments.text("policy")
    signed = cosign_module(packed, signer, _now(), publisher, report, policy, existing)
    files.write_atomic(output, signed.text.encode())
    _say(arguments, console, packed, signer.public, output, signed, report)
    return CLEAN


def _digest(path: str) -> str:
    return f"sha256:{sha256(files.read_bytes(path)).hexdigest()}" if path else ""


def _say(
    arguments: Arguments,
    console: Console,
    packed: Packed,
    key: PublicKey,
    output: str,
    signed: Signed,
    report: str = "",
) -> None:
    if console.form == "json":
        facts = {
            "name": packed.manifest.name,
            "version": packed.manifest.version,
            "archive": packed.archive_digest,
            "tree": packed.tree_digest,
            "file": output,
            "signer": key.id,
            "key": key.text,
            "signed": signed.signed,
            "signatures": signed.signatures,
            "report": report or None,
        }
        console.result(json_text(console.command, facts))
        return
    what = "co-signed" if console.command == "module cosign" else "signed"
    console.line(f"{os.path.normpath(output)} written: {title(packed)} {what} by {key.id}")
    if signed.signatures > 1:
        console.line(f"it holds {signed.signatures} signatures of one statement, made at {signed.signed}")
    if packed.manifest.privileged:
        console.note("note: this module is privileged: users must trust the key for its name themselves")


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
