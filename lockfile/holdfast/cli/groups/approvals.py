"""The rows of `holdfast approvals`: what was approved, whether it holds, and the first of all approvals."""

from holdfast.cli.table import BASE, CACHE, DRY, REASON, SIGNING, TEXT_OR_JSON, Command, Parameter, value

_HERE = "holdfast.cli.commands.approvals:"

SUMMARY = "list, verify and prune approvals; begin with a baseline"
COMMANDS = (
    Command(
        "approvals baseline",
        "sign everything as it is now, once: from then on only changes need a person",
        (REASON, value("name", "NAME", "the name of the first approver"), *SIGNING, DRY),
        "holdfast.cli.commands.baseline:baseline",
        "cargo vet init",
    ),
    Command(
        "approvals list",
        "show who approved what, the newest first",
        (Parameter("names", "words", "only of these packages", metavar="NAME"), BASE, TEXT_OR_JSON),
        _HERE + "list_approvals",
        "cargo vet inspect",
    ),
    Command(
        "approvals verify",
        "verify every approval file, and say which do not count and why",
        (BASE, TEXT_OR_JSON),
        _HERE + "verify_approvals",
    ),
    Command(
        "approvals prune",
        "put one signed checkpoint in the place of all approvals so far",
        (REASON, *SIGNING, DRY, CACHE),
        "holdfast.cli.commands.prune:prune",
        "cargo vet prune",
    ),
)
