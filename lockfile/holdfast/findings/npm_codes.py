"""The finding codes of npm packages: rows of the table in `codes.py`.

Knows words only.
"""

from holdfast.findings.code import Code

NPM_CODES: dict[str, Code] = {
    "peer-unmet": Code(
        "warning",
        "A package stands beside a version of its peer that is not in the range it asks for. npm installs such a tree "
        "and says so; the package may not work.",
        "`holdfast why NAME` shows who asks for which version. Move one of them, or write an override that says which "
        "version is meant.",
        "warning[peer-unmet]: react 17.0.2\n"
        "  expected: react ^18.0.0 ; peer for react-view 3.1.0\n"
        "  found: react 17.0.2\n"
        "  next: holdfast why react",
    ),
    "release-unsigned": Code(
        "warning",
        "The registry of an npm package publishes keys and signs its releases, and this one has no signature of it: it "
        "was published before the registry signed, or somebody took the signature off on the way.",
        "Ask the registry itself, not a mirror. If it has no signature for the release either, take another release, "
        "or review this one as an unsigned one.",
        "warning[release-unsigned]: left-pad 1.3.0\n"
        "  expected: a signature of https://npm.acme.example\n"
        "  found: none\n"
        "  source: npm\n"
        "  at: holdfast.lock\n"
        "  next: holdfast explain release-unsigned",
    ),
    "facts-differ": Code(
        "error",
        "A pin says something else of an npm release than its registry does: what runs at installation, its commands, "
        "the systems that it is for, what it bundles or requires. Its bytes are compared by themselves. Or it says "
        "that it is optional where the lock's own edges say otherwise: an installer may leave out what is optional. Or "
        "the tarball itself says that it is another package or version than its registry lists it as.",
        "The lock was edited by hand, or the registry changed what it says of a release. Run `holdfast lock` to write "
        "what the registry says, and look at the difference.",
        "error[facts-differ]: npm:fsevents 2.3.3\n"
        "  expected: what the registry says of the release\n"
        "  found: install-script yes, locked is no\n"
        "  at: holdfast.lock\n"
        "  next: holdfast lock",
    ),
    "instance-unfounded": Code(
        "error",
        "A block [[instance]] says of a place of an npm package what the rest of the lock does not bear out: the "
        "release, those that see it or the edges that differ are not there.",
        "The lock was edited or merged by hand. Run `holdfast lock` to write a whole one.",
        "error[instance-unfounded]: use-it 1.0.0#2\n"
        "  expected: for: a manifest, a locked release or an instance\n"
        "  found: npm:gone 1.0.0\n"
        "  at: holdfast.lock\n"
        "  next: holdfast lock",
    ),
}
