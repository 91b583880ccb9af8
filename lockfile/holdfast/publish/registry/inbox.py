"""The inbox: a folder into which publishers drop submissions, each a folder of its own.

    inbox/acme-guards-2.1.0-5b8c0f7d7c55abcd/
        archive.tar              the module's archive
        publisher-0.sig          publishers' envelopes
        vetted-0.sig             co-signers' envelopes, if any
        report                   a vetting report, if any

A submission appears whole or not at all and is never changed. Everybody may write here, so nothing is believed: no
links are followed, every file has a bound. Knows names and bounds; what the files say is judged in `admit`.
"""

import os
from hashlib import sha256

from holdfast.errors import FileProblem
from holdfast.publish.registry.admit import Submission
from holdfast.publish.registry.errors import SubmissionRefused
from holdfast.publish.registry.folder import is_folder, list_names, read_file, remove_folder, write_folder
from holdfast.trust.archive_layout import largest_archive
from holdfast.trust.limits import LIMITS
from holdfast.trust.verify_module import MOST_ENVELOPES

_ARCHIVE = "archive.tar"
_REPORT = "report"
_SIGNATURE = ".sig"
_PUBLISHER = "publisher-"
_VETTED = "vetted-"
_LARGEST_ENVELOPE = 4 * 1024 * 1024
_LARGEST_REPORT = 64 * 1024 * 1024


def drop(inbox: str, submission: Submission) -> str:
    """Put a submission into the inbox and return its folder's name; the same submission again changes nothing.

    Raises `FileProblem`.
    """
    files = {_ARCHIVE: submission.archive}
    for kind, envelopes in ((_PUBLISHER, submission.envelopes), (_VETTED, submission.vetted)):
        files.update({f"{kind}{number}{_SIGNATURE}": text.encode() for number, text in enumerate(envelopes)})
    if submission.report:
        files[_REPORT] = submission.report
    whole = sha256()
    for file, data in sorted(files.items()):
        whole.update(f"{file} {len(data)}\n".encode() + data)
    name = f"{submission.label}-{whole.hexdigest()[:16]}"
    write_folder(os.path.join(inbox, name), files)
    return name


def waiting(inbox: str) -> tuple[str, ...]:
    """Return the names of all submissions, in order."""
    return tuple(
        name for name in list_names(inbox) if not name.startswith(".") and is_folder(os.path.join(inbox, name))
    )


def open_waiting(inbox: str, name: str) -> Submission:
    """Read a submission. Raises `SubmissionRefused` for one that has not the files of one, or too large ones."""
    folder = os.path.join(inbox, name)
    try:
        files = list_names(folder)
        kinds = {
            kind: [file for file in files if file.startswith(kind) and file.endswith(_SIGNATURE)]
            for kind in (_PUBLISHER, _VETTED)
        }
        unknown = sorted(set(files) - {_ARCHIVE, _REPORT} - {file for found in kinds.values() for file in found})
        if unknown:
            raise SubmissionRefused(name, f"no submission has a file {unknown[0]!a}")
        if any(len(found) > MOST_ENVELOPES for found in kinds.values()):
            raise SubmissionRefused(name, f"it has more than {MOST_ENVELOPES} signatures of one kind")
        archive = read_file(os.path.join(folder, _ARCHIVE), largest_archive(LIMITS.files, LIMITS.total_bytes))
        if archive is None:
            raise SubmissionRefused(name, "it has no archive")
        texts = {kind: tuple([_envelope(folder, name, file) for file in found]) for kind, found in kinds.items()}
        report = read_file(os.path.join(folder, _REPORT), _LARGEST_REPORT) or b""
    except FileProblem as error:
        raise SubmissionRefused(name, f"{os.path.basename(error.path)}: {error.reason}") from None
    return Submission(name, archive, texts[_PUBLISHER], texts[_VETTED], report)


def take_out(inbox: str, name: str) -> None:
    """Remove a submission that was admitted. Raises `FileProblem`."""
    remove_folder(os.path.join(inbox, name))


def _envelope(folder: str, name: str, file: str) -> str:
    data = read_file(os.path.join(folder, file), _LARGEST_ENVELOPE) or b""
    try:
        return data.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise SubmissionRefused(name, f"{file} is no text") from None
