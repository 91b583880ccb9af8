"""The finding codes of advisories and of ignoring them: rows of the table in `codes.py`.

Knows words only.
"""

from holdfast.findings.code import Code

ADVISORY_CODES: dict[str, Code] = {
    "advisory-known": Code(
        "error",
        "An advisory says that a locked release is affected by a known flaw. A flaw that its CVSS score calls low is "
        "a warning, one that it calls harmless a note; what nobody rated is an error.",
        "Where the finding names `holdfast update NAME`, that takes a release that is not affected. Otherwise the path "
        "says who asks for the old one: ask for a later range, replace it, or write a `[[policy.ignore]]` that says "
        "why the flaw does not matter here, with an end.",
        "error[advisory-known]: jinja2 2.10\n"
        "  expected: a release that GHSA-462w-v97r-4m45 does not affect: 2.10.1\n"
        "  found: GHSA-462w-v97r-4m45: sandbox escape by string formatting\n"
        "  also: CVE-2019-10906, PYSEC-2019-217\n"
        "  severity: high, 8.6 (CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N)\n"
        "  update: takes 2.11.3, which is not affected\n"
        "  from: pyproject.toml -> flask 1.0 -> jinja2 2.10\n"
        "  at: holdfast.lock\n"
        "  next: holdfast update jinja2",
    ),
    "advisory-malicious": Code(
        "alarm",
        "An advisory says that a locked release does harm on purpose: a record whose id, or an alias of it, begins "
        "with `MAL-`.",
        "Do not install it. Whoever installed it should take the machine's credentials for stolen. The path says who "
        "brings it in: remove that, or update where the finding names an update that helps.",
        "alarm[advisory-malicious]: left-padd 1.3.1\n"
        "  expected: a release that MAL-2026-41 does not affect\n"
        "  found: MAL-2026-41: sends the environment to a server when it is installed\n"
        "  severity: unknown\n"
        "  fixed: no later version is known to fix it\n"
        "  from: package.json -> left-padd 1.3.1\n"
        "  at: holdfast.lock\n"
        "  next: holdfast why left-padd",
    ),
    "advisory-ignored": Code(
        "note",
        "An advisory on a locked release that a `[[policy.ignore]]` ignores for now. One about a release that does "
        "harm on purpose stays a warning.",
        "Nothing, as long as the reason holds: the ignore ends by itself.",
        "note[advisory-ignored]: jinja2 2.10\n"
        "  expected: a release that GHSA-462w-v97r-4m45 does not affect: 2.10.1\n"
        "  found: GHSA-462w-v97r-4m45: sandbox escape by string formatting\n"
        "  severity: high, 8.6 (CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N)\n"
        "  ignored: no template of ours comes from outside\n"
        "  from: pyproject.toml -> flask 1.0 -> jinja2 2.10\n"
        "  at: holdfast.lock\n"
        "  next: holdfast why jinja2",
    ),
    "advisory-unjudged": Code(
        "warning",
        "A record speaks of a locked package, but does not say in a way that can be judged whether the locked version "
        "is affected: it has a range of an unknown type, no events, only commits, or a version that the scheme cannot "
        "order. Or a record cannot be read at all.",
        "Read the record yourself. If the locked version is not affected, a `[[policy.ignore]]` of it says so; if the "
        "record is broken, tell its database, or take the file out of the folder.",
        "warning[advisory-unjudged]: jinja2 2.10\n"
        "  expected: a record that says which versions are affected\n"
        "  found: ACME-2026-7: it has only ranges of type GIT, and no versions\n"
        "  from: pyproject.toml -> flask 1.0 -> jinja2 2.10\n"
        "  at: holdfast.lock\n"
        "  next: holdfast explain advisory-unjudged",
    ),
    "ignore-unused": Code(
        "warning",
        "A `[[policy.ignore]]` ignores an advisory that affects no locked package any more: it was fixed or withdrawn, "
        "the package is gone, or the id is misspelled. Said only where all sources of advisories could be asked. Or it "
        "has no date and is about a malicious release, which is ignored by a date only.",
        "Remove it: it would come back to life with the next release that the advisory affects.",
        "warning[ignore-unused]: [[policy.ignore]] GHSA-462w-v97r-4m45\n"
        "  expected: a locked package that it affects (holdfast.toml:44)\n"
        "  found: none\n"
        "  reason: no template of ours comes from outside\n"
        "  at: holdfast.toml:44\n"
        "  next: holdfast explain ignore-unused",
    ),
    "ignore-expired": Code(
        "error",
        "The end of a `[[policy.ignore]]` has come: its date, or with `until-fixed` a version that fixes what it "
        "ignores. It ignores nothing any more.",
        "Update to a version that fixes it; or look whether the reason still holds, and give it another `until`.",
        "error[ignore-expired]: [[policy.ignore]] GHSA-462w-v97r-4m45\n"
        "  expected: an advisory that no version fixes (until-fixed) (holdfast.toml:44)\n"
        "  found: fixed: jinja2 2.10 by 2.10.1\n"
        "  reason: no release fixes it yet\n"
        "  at: holdfast.toml:44\n"
        "  next: holdfast explain ignore-expired",
    ),
}
