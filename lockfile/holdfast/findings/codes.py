"""Every finding code: its usual severity, what it means, what to do, and an example message.

This table is the only list of codes: checks take their severity from it, `holdfast explain` prints it, SARIF
rules are made of it, and `docs/findings.md` has one section per row. Codes are stable: a code is never
renamed or reused.
"""

from holdfast.findings.advisory_codes import ADVISORY_CODES
from holdfast.findings.approval_codes import APPROVAL_CODES
from holdfast.findings.audit_codes import AUDIT_CODES
from holdfast.findings.code import Code
from holdfast.findings.module_codes import MODULE_CODES
from holdfast.findings.npm_codes import NPM_CODES
from holdfast.findings.npm_foreign_codes import NPM_FOREIGN_CODES
from holdfast.findings.policy_codes import POLICY_CODES
from holdfast.findings.signer_codes import SIGNER_CODES

CODES: dict[str, Code] = {
    # The project against its lock.
    "manifest-changed": Code(
        "error",
        "A wish of the manifest was added, removed or edited after the lock was made.",
        "Run `holdfast lock`: it answers the wishes as they stand now and moves only the pins that they force.",
        "error[manifest-changed]: pypi:flask>=3.1\n"
        "  expected: pypi:flask>=3.1 (pyproject.toml)\n"
        "  found: pypi:flask>=3.0 (holdfast.lock)\n"
        "  at: pyproject.toml:7\n"
        "  next: holdfast lock",
    ),
    "scope-changed": Code(
        "error",
        "What the manifests and the configuration say of targets, strategy, pre-releases, requires-python or Node "
        "is not what the lock was made for.",
        "Run `holdfast lock` to resolve for the configuration as it stands, or put the configuration back.",
        "error[scope-changed]: targets\n"
        "  expected: cp313 linux-x86_64 glibc-2.28\n"
        "  found: not a target of the lock\n"
        "  next: holdfast lock",
    ),
    "source-changed": Code(
        "error",
        "A source is another index than the one that the lock was made from, or a package is locked from "
        "another source than the one that the configuration gives for its name.",
        "If the change is meant, run `holdfast lock`; pinned hashes stay and are checked against the new "
        "source. If it is not, find out who changed the index settings.",
        "error[source-changed]: internal\n"
        "  expected: https://packages.acme.example/simple/ (configuration)\n"
        "  found: https://mirror.acme.example/simple/ (holdfast.lock)\n"
        "  next: holdfast lock",
    ),
    # The closure of the lock.
    "wish-unmet": Code(
        "error",
        "A wish that the lock records is met by no pin on some target.",
        "The lock was edited or merged by hand. Run `holdfast lock` to write a whole one.",
        "error[wish-unmet]: pypi:flask>=3.1\n"
        "  expected: a pin of flask that satisfies >=3.1\n"
        "  found: flask 3.0.3\n"
        "  at: pyproject.toml\n"
        "  next: holdfast lock",
    ),
    "edge-unsatisfied": Code(
        "error",
        "A pin requires a version of another package that is not the one pinned for some target.",
        "Run `holdfast lock`. If the requirement itself is wrong, add an override that says why.",
        "error[edge-unsatisfied]: werkzeug 2.3.8\n"
        "  expected: werkzeug>=3.0 for flask 3.0.3\n"
        "  found: werkzeug 2.3.8\n"
        "  from: pyproject.toml -> flask 3.0.3 -> werkzeug 2.3.8\n"
        "  next: holdfast lock",
    ),
    "edge-missing": Code(
        "error",
        "A pin requires a package that is not pinned for some target.",
        "Run `holdfast lock`: it adds the missing package.",
        "error[edge-missing]: pypi:colorama\n"
        "  expected: a pin of colorama for click 8.1.8\n"
        "  found: no pin\n"
        "  from: pyproject.toml -> flask 3.0.3 -> click 8.1.8\n"
        "  targets: cp311 windows-x86_64, cp312 windows-x86_64\n"
        "  next: holdfast lock",
    ),
    "pin-unreachable": Code(
        "error",
        "A pin that nothing needs on any target: no wish leads to it.",
        "Run `holdfast lock`: it drops the pin. If the pin should stay, add a wish for it to the manifest.",
        "error[pin-unreachable]: six 1.17.0\n"
        "  expected: a wish or a pin that requires six\n"
        "  found: none on any target\n"
        "  next: holdfast lock",
    ),
    "pins-overlap": Code(
        "error",
        "Two pins of one package are locked for the same target: their `when` markers are not disjoint.",
        "Usually a text merge of two locks. Run `holdfast lock` to choose one version per target.",
        "error[pins-overlap]: numpy 1.26.4\n"
        "  expected: one version of numpy per target\n"
        "  found: numpy 1.26.4 and numpy 2.1.3\n"
        "  targets: cp311 linux-x86_64 glibc-2.28\n"
        "  next: holdfast lock",
    ),
    "constraint-unmet": Code(
        "error",
        "A pin is outside of a constraint that the lock records.",
        "Run `holdfast lock` to honour the constraint, or loosen it where it is written.",
        "error[constraint-unmet]: urllib3 2.2.3\n"
        "  expected: urllib3<2 (a constraint)\n"
        "  found: urllib3 2.2.3\n"
        "  from: pyproject.toml -> requests 2.32.3 -> urllib3 2.2.3\n"
        "  next: holdfast lock",
    ),
    "requires-python-unmet": Code(
        "error",
        "A pin does not admit every Python release of a target that it is locked for.",
        "Run `holdfast lock`: it chooses a version that does, or says why none exists.",
        "error[requires-python-unmet]: numpy 2.1.3\n"
        "  expected: a pin whose requires-python admits every target that needs it\n"
        "  found: requires-python >=3.12\n"
        "  from: pyproject.toml -> pandas 2.2.3 -> numpy 2.1.3\n"
        "  targets: cp311 linux-x86_64 glibc-2.28\n"
        "  next: holdfast update numpy",
    ),
    "target-unserved": Code(
        "error",
        "None of the pinned files of a package can be installed on a target that it is locked for.",
        "Run `holdfast update NAME`, which takes in the files that the index offers now, or drop the target.",
        "error[target-unserved]: mypy 1.13.0\n"
        "  expected: a wheel that serves every target that needs it, or an sdist\n"
        "  found: 3 files, none of which serves the targets below\n"
        "  from: pyproject.toml -> mypy 1.13.0\n"
        "  targets: cp313 windows-x86_64\n"
        "  next: holdfast update mypy",
    ),
    # The pinned bytes.
    "artifact-changed": Code(
        "alarm",
        "A pinned file of the same release has other bytes than before: on the index, in a download, or "
        "against the lock of the base revision. Honest publishers never replace a file.",
        "Do not install it. Compare with `holdfast diff`, ask the publisher, and only if the change is "
        "explained take it with `holdfast lock --accept-changed NAME`.",
        "alarm[artifact-changed]: click-8.1.8-py3-none-any.whl\n"
        "  expected: sha256:63c132bbbed01578a06712a2d1f497bb62d9c1c0d329b7903a866228027263b2\n"
        "  found: sha256:0000000000000000000000000000000000000000000000000000000000000000\n"
        "  package: click 8.1.8\n"
        "  next: holdfast diff HEAD~1",
    ),
    "artifact-added": Code(
        "warning",
        "A pinned release has a file that it did not have before: the index offers it, or the lock took it "
        "in since the base revision. New targets bring new files; otherwise ask why a release grew.",
        "`holdfast lock` keeps the pinned files; `holdfast update NAME` takes the new ones in.",
        "warning[artifact-added]: click-8.1.8-1-py3-none-any.whl\n"
        "  expected: the 2 files that the base lock pins of click 8.1.8\n"
        "  found: one more file\n"
        "  package: click 8.1.8\n"
        "  next: holdfast diff HEAD~1",
    ),
    "artifact-removed": Code(
        "warning",
        "The lock no longer pins a file of a release that the base revision pinned. Without a wheel an "
        "installer may build the release from source, which runs its code.",
        "Fewer targets drop files; otherwise run `holdfast update NAME` to pin every file that serves a target again.",
        "warning[artifact-removed]: click-8.1.8-py3-none-any.whl\n"
        "  expected: sha256:63c132bbbed01578a06712a2d1f497bb62d9c1c0d329b7903a866228027263b2\n"
        "  found: not pinned\n"
        "  package: click 8.1.8\n"
        "  next: holdfast diff HEAD~1",
    ),
    "artifact-missing": Code(
        "error",
        "The index no longer offers a pinned file.",
        "Nothing can be installed from that file any more. Run `holdfast update NAME`, or serve the file "
        "from an index of your own.",
        "error[artifact-missing]: click-8.1.8.tar.gz\n"
        "  expected: sha256:ed53c9d8990d83c2a27deae68e4ee337473f6330c040a31d4225c9574d16096a\n"
        "  found: no such file in the listing of click\n"
        "  package: click 8.1.8\n"
        "  next: holdfast update click",
    ),
    "artifact-unchecked": Code(
        "warning",
        "Pinned files could not be checked: offline and not stored, or the index gave no answer. They are not "
        "counted as verified, and `holdfast verify` ends with exit code 3.",
        "Run `holdfast verify` again with the network, or find out why the index does not answer.",
        "warning[artifact-unchecked]: click 8.1.8\n"
        "  expected: 2 files with the pinned hash\n"
        "  found: not checked: offline, and the store does not have it\n"
        "  files: click-8.1.8-py3-none-any.whl, click-8.1.8.tar.gz\n"
        "  at: holdfast.lock\n"
        "  next: holdfast verify click",
    ),
    "pin-yanked": Code(
        "warning",
        "The publisher has withdrawn a locked release. It stays locked, since nothing moves unasked.",
        "Read the reason. Where the finding names `holdfast update NAME`, that leaves the release; otherwise it says "
        "what keeps it: widen that wish first, or ask the package that asks for it.",
        "warning[pin-yanked]: requests 2.32.0\n"
        "  found: yanked: conflicts with CVE-2024-35195 mitigation\n"
        "  update: takes 2.32.3\n"
        "  from: pyproject.toml -> requests 2.32.0\n"
        "  next: holdfast update requests",
    ),
    # What locking noticed.
    "metadata-differs": Code(
        "warning",
        "The wheels of one release declare different requirements. The lock records the union of them, the "
        "strictest where they overlap.",
        "Nothing needs to be done; some target may get a package that only another target's wheel asks for.",
        "warning[metadata-differs]: torch 2.1.0\n"
        "  expected: the same requirements in every wheel\n"
        "  found: 2 different sets of requirements in 4 wheels",
    ),
    "extra-unknown": Code(
        "warning",
        "A requirement asks for an extra that the release does not provide. Installers ignore it, and so "
        "does the lock.",
        "Correct the spelling of the extra, or drop it.",
        "warning[extra-unknown]: pypi:celery[rediss]\n"
        "  expected: an extra of celery 5.4.0\n"
        "  found: rediss\n"
        "  at: pyproject.toml:9",
    ),
    "requires-python-malformed": Code(
        "note",
        "A release declares a requires-python that is not a range. It is read with the usual repairs; a "
        "text beyond repair makes the release no candidate.",
        "Nothing needs to be done.",
        "note[requires-python-malformed]: ipython 7.0.0\n  expected: a version range\n  found: >=3.5.*",
    ),
    "extra-index-unused": Code(
        "note",
        "pip or uv are configured with an extra index. holdfast does not consult it: a name resolves in "
        "exactly one source.",
        "Name the packages that live there in `[sources]`.",
        "note[extra-index-unused]: https://packages.acme.example/simple/\n"
        "  found: extra-index-url in pip.conf\n"
        "  expected: an entry in [sources] with its package names",
    ),
    "target-left-out": Code(
        "note",
        "No targets are declared, and the newest Python was left out, since for it no solution exists only "
        "for want of wheels.",
        "Declare targets to decide it yourself, or run `holdfast lock` again when the wheels exist.",
        "note[target-left-out]: cp314\n  expected: wheels of every package for cp314\n  found: numpy 2.1.3 has none",
    ),
    "locks-merged": Code(
        "note",
        "The lock held git conflict markers. The pins of both sides were taken as preferences, the higher first.",
        "Review the result with `holdfast diff`.",
        "note[locks-merged]: holdfast.lock\n  found: 2 conflicts\n  next: holdfast diff",
    ),
    # Another tool's lock.
    "moved": Code(
        "note",
        "A pin of the imported file could not be kept, and why.",
        "Nothing needs to be done; declare a constraint to hold a version.",
        "note[moved]: numpy 2.1.3\n"
        "  expected: numpy 2.1.3 (uv.lock)\n"
        "  found: numpy 2.0.2\n"
        "  reason: 2.1.3 does not admit cp39",
    ),
    "foreign-missing": Code(
        "error",
        "The lock pins a package that the other tool's file does not have.",
        "Make both files anew from the same manifest: `holdfast lock`, and the other tool's own command.",
        "error[foreign-missing]: click 8.1.8\n"
        "  expected: click 8.1.8 (holdfast.lock)\n"
        "  found: no entry (uv.lock)\n"
        "  next: holdfast lock",
    ),
    "foreign-extra": Code(
        "error",
        "The other tool's file has a package that the lock does not pin.",
        "Make both files anew from the same manifest: `holdfast lock`, and the other tool's own command.",
        "error[foreign-extra]: six 1.17.0\n"
        "  expected: no pin (holdfast.lock)\n"
        "  found: six 1.17.0 (uv.lock)\n"
        "  next: holdfast lock",
    ),
    "foreign-version": Code(
        "error",
        "The lock and the other tool's file hold different versions of a package.",
        "Make both files anew, or take the other file's pins with `holdfast import FILE`.",
        "error[foreign-version]: click\n"
        "  expected: click 8.1.8 (holdfast.lock)\n"
        "  found: click 8.1.7 (uv.lock)\n"
        "  next: holdfast lock",
    ),
    "foreign-hash": Code(
        "alarm",
        "The lock and the other tool's file hold different hashes of the same file.",
        "One of the two pins bytes that the publisher did not release, or the index served two different "
        "files. Run `holdfast verify NAME` before installing anything.",
        "alarm[foreign-hash]: click-8.1.8-py3-none-any.whl\n"
        "  expected: sha256:63c132bbbed01578a06712a2d1f497bb62d9c1c0d329b7903a866228027263b2 "
        "(holdfast.lock)\n"
        "  found: sha256:0000000000000000000000000000000000000000000000000000000000000000 (uv.lock)\n"
        "  next: holdfast verify click",
    ),
    **MODULE_CODES,
    **NPM_CODES,
    **NPM_FOREIGN_CODES,
    **SIGNER_CODES,
    **APPROVAL_CODES,
    **POLICY_CODES,
    **ADVISORY_CODES,
    **AUDIT_CODES,
}


def severity(code: str) -> str:
    """Return the usual severity of a code. Raises `KeyError` for a code that the table does not have."""
    return CODES[code].severity


def explain(code: str) -> str | None:
    """Return what a code means and what to do, as lines of plain text; None for an unknown code."""
    row = CODES.get(code)
    if row is None:
        return None
    example = "\n".join("    " + line for line in row.example.splitlines())
    verdict = "`holdfast check` fails" if row.severity in ("error", "alarm") else "`holdfast check` does not fail"
    head = f"{code} ({row.severity}: {verdict})"
    return "\n\n".join([head, row.meaning, f"What to do: {row.remedy}", "Example:", example]) + "\n"
