"""`module verify`: an archive or an unpacked folder against its signatures, offline."""

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
    beside,
    first_signature,
    named_signature,
    read_module,
    read_signature,
    title,
)
from holdfast.cli.project import open_project
from holdfast.cli.public_keys import public_key_text
from holdfast.cli.words import Arguments
from holdfast.configuration.read import read_configuration
from holdfast.errors import ProjectNotFound
from holdfast.publish.pack import Packed
from holdfast.reports.module_facts import json_text
from holdfast.trust.errors import ArchiveRefused, SignatureNotFound
from holdfast.trust.folder_tree import walk_folder
from holdfast.trust.paths_of_trees import is_harmless
from holdfast.trust.trusted_keys import TrustedKey
from holdfast.trust.verify_module import VerifiedSigner
from holdfast.workflows.module_trust import trusted_keys
from holdfast.workflows.module_verify import (
    Evidence,
    Verdict,
    find_envelopes,
    named_keys,
    refuse_added,
    refuse_other_bytes,
    sort_evidence,
    verify_packed,
)
from holdfast_resolver.errors import ManifestError


def verify(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Verify, and say by whom it is signed."""
    path = arguments.text("path")
    named = [named_signature(one) for one in arguments.texts_of("signature")]
    packed = _read(path, named)
    evidence = _evidence(path, packed, named, arguments.text("registry"))
    trusted = _trusted(arguments, packed)
    report = arguments.text("report")
    digest = f"sha256:{sha256(files.read_bytes(report)).hexdigest()}" if report else ""
    verdict = verify_packed(packed, evidence, trusted, _now(), digest)
    if os.path.isdir(path):
        refuse_added(packed, [file.path for file in walk_folder(path, ignore=is_harmless)])
    if console.form == "json":
        console.result(json_text(console.command, _facts(packed, verdict)))
        return CLEAN
    verified = verdict.verified
    console.line(f"{title(packed)} verified: {verified.level}")
    console.line(f"archive    {packed.archive_digest}")
    console.line(f"tree       {packed.tree_digest}")
    for signer in (*verified.publishers, *verified.vetted):
        console.line(f"{signer.role:<9}  {signer.id}{f' {signer.label}' if signer.label else ''}")
    if verified.report:
        console.line(f"report     {verified.report}")
    if verdict.strangers:
        console.note(
            f"note: co-signatures by keys that are not trusted here: {verdict.strangers}; they count for nothing"
        )
    return CLEAN


def _read(path: str, named: list[str]) -> Packed:
    """Read the module; of an archive that cannot be read, say that it is not what was signed, where that is so."""
    try:
        return read_module(path)
    except (ArchiveRefused, ManifestError):
        if not os.path.isdir(path):
            there = read_signature(path + SIGNATURE)
            texts = named or ([] if there is None else [there])
            refuse_other_bytes(texts, f"sha256:{sha256(files.read_bytes(path)).hexdigest()}")
        raise


def _evidence(path: str, packed: Packed, named: list[str], registry: str) -> Evidence:
    if registry:
        from holdfast.cli.registry_copy import read_listing

        return find_envelopes(read_listing(registry, packed.manifest.name), packed)
    if named:
        return sort_evidence(named, title(packed))
    places = beside(path, packed, SIGNATURE)
    found = [first_signature(places), first_signature(beside(path, packed, VETTED))]
    evidence = sort_evidence([text for text in found if text is not None], title(packed))
    if not evidence.envelopes:
        raise SignatureNotFound(title(packed), f"at {' or '.join(places)}")
    return evidence


def _trusted(arguments: Arguments, packed: Packed) -> tuple[TrustedKey, ...]:
    """The keys named on the command line, else those of the project, if this is one."""
    words = arguments.texts_of("trust-key")
    texts = [public_key_text(word) for word in words]
    configured: tuple[TrustedKey, ...] = ()
    if not texts or any(text.startswith("ed25519:") for text in texts):
        try:
            configured = trusted_keys(read_configuration(open_project(arguments).read))
        except ProjectNotFound:
            configured = ()
    return named_keys(texts, configured, packed.manifest.name) if texts else configured


def _facts(packed: Packed, verdict: Verdict) -> dict[str, object]:
    verified = verdict.verified
    return {
        "name": packed.manifest.name,
        "version": packed.manifest.version,
        "archive": packed.archive_digest,
        "tree": packed.tree_digest,
        "privileged": packed.manifest.privileged,
        "level": verified.level,
        "publishers": [_signer(one) for one in verified.publishers],
        "vetted": [_signer(one) for one in verified.vetted],
        "strangers": verdict.strangers,
        "report": verified.report or None,
    }


def _signer(one: VerifiedSigner) -> dict[str, object]:
    return {"id": one.id, "label": one.label, "role": one.role, "key": one.key.text}


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
