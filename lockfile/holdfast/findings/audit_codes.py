"""The finding codes of what an audit sees in code, names, releases and the graph: rows of the table in `codes.py`.

Knows words only. Those of advisories are in `advisory_codes.py`.
"""

from holdfast.findings.code import Code

AUDIT_CODES: dict[str, Code] = {
    # What code can do.
    "capability-denied": Code(
        "error",
        "The code of a package can do what policy denies it. The file and the line are of the locked artifact.",
        "Read the place. Do without the package, or write a rule with `allow-capabilities` that says why it may.",
        "error[capability-denied]: thumbs 2.1.0\n"
        "  expected: no install-script (deny-capabilities of [policy] in holdfast.toml)\n"
        "  found: package.json:14 postinstall: node build.js\n"
        "  from: package.json -> thumbs 2.1.0\n"
        "  next: holdfast policy explain thumbs",
    ),
    "capability-unknown": Code(
        "warning",
        "Policy denies what code can do, and of some packages nobody is known to have looked at the code: no approval "
        "recorded all that it can do, or, in an audit, its archives are not on this machine. So it is not known "
        "whether they keep to the policy, and an audit ends with exit code 3.",
        "`holdfast audit --fetch` downloads the code and judges it. An approval made by `holdfast review` or `holdfast "
        "approve` records what was seen, and `check` judges that.",
        "warning[capability-unknown]: holdfast.lock\n"
        "  expected: code that is known not to do this: network (deny-capabilities of [policy] in holdfast.toml)\n"
        "  found: not known of 2 of 3 packages: click 8.1.8, flask 3.0.3\n"
        "  at: holdfast.toml\n"
        "  next: holdfast audit --fetch",
    ),
    "capability-gained": Code(
        "warning",
        "A release that waits for approval can do what the one before could not: by the code of both, or by what the "
        "last approval recorded where the old archive is gone. `update --dry-run` says it of what would change.",
        "Read the place before you approve the change: `holdfast review NAME`.",
        "warning[capability-gained]: dates 3.2.0\n"
        "  expected: what 3.1.0 could do\n"
        "  found: network: dates/_zone.py:41 via socket.create_connection\n"
        "  gained as well: environment: dates/_zone.py:43 via os.environ\n"
        "  from: pyproject.toml -> web 2.0.0 -> dates 3.2.0\n"
        "  at: holdfast.lock\n"
        "  next: holdfast review dates",
    ),
    "capability-undeclared": Code(
        "error",
        "A module does what it does not ask for: its permissions do not name what its files do.",
        "Ask its publisher for a release that declares it, or do without the module.",
        "error[capability-undeclared]: @acme/guards 2.1.0\n"
        "  expected: a permission for network\n"
        "  found: hooks/report.py:12 urllib.request.urlopen\n"
        "  source: acme\n"
        "  from: holdfast.toml -> @acme/guards 2.1.0\n"
        "  next: holdfast audit --explain '@acme/guards'",
    ),
    "capability-privileged": Code(
        "warning",
        "A module that can raise trust depends on code that can do grave things, so what that code does is done in a "
        "trusted place.",
        "The path says through whom it comes. Ask the module's publisher whether it is needed.",
        "warning[capability-privileged]: @acme/guards 2.1.0\n"
        "  expected: a privileged module that depends on nothing that can do grave things\n"
        "  found: network: @acme/report 1.4.0\n"
        "  source: acme\n"
        "  from: @acme/guards 2.1.0 -> @acme/report 1.4.0\n"
        "  next: holdfast why '@acme/report'",
    ),
    # What code hides.
    "text-hidden": Code(
        "warning",
        "A file of a package holds text that is made not to be seen: controls that turn the order of what is shown, "
        "invisible characters, or code far beyond the margin.",
        "Read the place with a tool that shows such characters. Do without the release unless it is explained.",
        "warning[text-hidden]: dates 3.2.0\n"
        "  expected: text that reads as it runs\n"
        "  found: dates/core.py:88 U+202E\n"
        "  from: pyproject.toml -> dates 3.2.0\n"
        "  next: holdfast audit --explain dates",
    ),
    "payload-encoded": Code(
        "warning",
        "A package decodes a long text and runs it, or sends it.",
        "Read the place. There is hardly ever a good reason: ask the publisher, and stay with the release before.",
        "warning[payload-encoded]: dates 3.2.0\n"
        "  expected: code that can be read\n"
        "  found: setup.py:9 exec of base64\n"
        "  from: pyproject.toml -> dates 3.2.0\n"
        "  next: holdfast audit --explain dates",
    ),
    "secret-inside": Code(
        "warning",
        "Something in a package looks like a credential. It is not shown here.",
        "Tell the publisher: whoever downloads the release has it too.",
        "warning[secret-inside]: cloudy 0.9.1\n"
        "  expected: no credentials in a published release\n"
        "  found: cloudy/settings.py:3 private key\n"
        "  from: pyproject.toml -> cloudy 0.9.1\n"
        "  next: holdfast audit --explain cloudy",
    ),
    "code-unread": Code(
        "warning",
        "Files of code in a package could not be read, so nothing is known of what they do.",
        "Where a reason names a newer Python, run holdfast with that. Read the others yourself, or ask the publisher: "
        "code that no tool can read is code that nobody has looked at.",
        "warning[code-unread]: legacy 1.0.2\n"
        "  expected: code that can be parsed\n"
        "  found: 2 of 14 files: legacy/old.py: Python 2, legacy/x.py: Python 2\n"
        "  from: pyproject.toml -> legacy 1.0.2\n"
        "  next: holdfast audit --explain legacy",
    ),
    "archive-differs": Code(
        "warning",
        "A wheel holds files of code that the source archive of the same release does not have, or that do something "
        "else there. What was reviewed in the source is not what is installed.",
        "Compare the two. Ask the publisher how the wheel was built; till then, stay with the release before.",
        "warning[archive-differs]: dates 3.2.0\n"
        "  expected: the code of dates-3.2.0.tar.gz\n"
        "  found: dates-3.2.0-py3-none-any.whl: dates/core.py, not as in it\n"
        "  from: pyproject.toml -> dates 3.2.0\n"
        "  next: holdfast audit --explain dates",
    ),
    # Names.
    "name-alike": Code(
        "warning",
        "The name of a package can be taken for that of a well-known one, or of one that this project chose itself.",
        "Look at who publishes it and who needs it. If it was a slip of the hand, remove it and add the one that was "
        "meant.",
        "warning[name-alike]: reqeusts 2.32.0\n"
        "  expected: requests\n"
        "  found: reqeusts: two neighbours swapped\n"
        "  from: pyproject.toml -> reqeusts 2.32.0\n"
        "  next: holdfast why reqeusts",
    ),
    "name-elsewhere": Code(
        "warning",
        "Another source that this project uses has a package of the same name. It is taken from where it is locked; "
        "another tool, or another configuration, may take the other one.",
        "Reserve the name in the public index, or give internal packages names of a scope that is yours.",
        "warning[name-elsewhere]: acme-tools 1.2.0\n"
        "  expected: a name that one source has\n"
        "  found: internal, and pypi\n"
        "  source: internal\n"
        "  from: pyproject.toml -> acme-tools 1.2.0\n"
        "  next: holdfast why acme-tools",
    ),
    # Releases.
    "release-deprecated": Code(
        "warning",
        "The publisher of a locked release declares it deprecated.",
        "Read what they say, and move to what they name instead.",
        "warning[release-deprecated]: request 2.88.2\n"
        "  found: deprecated: request has been deprecated\n"
        "  source: npm\n"
        "  from: package.json -> request 2.88.2\n"
        "  next: holdfast why request",
    ),
    "release-new": Code(
        "note",
        "A locked release is only a few days old. Malicious releases are mostly found within days.",
        "Wait a few days, or look closely. `minimum-release-age` makes a rule of it.",
        "note[release-new]: dates 3.2.0\n"
        "  found: released 2026-11-19, 2 days ago\n"
        "  from: pyproject.toml -> dates 3.2.0\n"
        "  next: holdfast audit --explain dates",
    ),
    "release-old": Code(
        "note",
        "The newest release of a package is years old: nobody may be there to mend what is found in it.",
        "Nothing needs to be done at once. Think of who would mend it.",
        "note[release-old]: legacy 1.0.2\n"
        "  found: newest release 2019-03-02, 7 years ago\n"
        "  from: pyproject.toml -> legacy 1.0.2\n"
        "  next: holdfast why legacy",
    ),
    "metadata-dynamic": Code(
        "note",
        "What a release requires is only known once its source archive was built, which runs its code.",
        "Prefer a release with wheels.",
        "note[metadata-dynamic]: legacy 1.0.2\n"
        "  found: its source archive declares its requirements as dynamic\n"
        "  from: pyproject.toml -> legacy 1.0.2\n"
        "  next: holdfast why legacy",
    ),
    # The two graphs side by side.
    "import-undeclared": Code(
        "note",
        "A package imports another at the top of a module, and nothing in the lock says that it needs it. It works as "
        "long as somebody else brings that in.",
        "Tell the publisher. If that other package must stay, wish for it yourself.",
        "note[import-undeclared]: web 2.0.0\n"
        "  expected: a requirement for six\n"
        "  found: web/compat.py:3 imports six\n"
        "  from: pyproject.toml -> web 2.0.0\n"
        "  next: holdfast why six",
    ),
    "dependency-unused": Code(
        "note",
        "A package requires another that no file of it imports. It may be needed in a way that code does not show.",
        "Nothing needs to be done. Where a package with much risk is needed by nobody, its dependents can be asked.",
        "note[dependency-unused]: web 2.0.0\n"
        "  expected: an import of chardet\n"
        "  found: none in 31 files\n"
        "  from: pyproject.toml -> web 2.0.0\n"
        "  next: holdfast why chardet",
    ),
}
