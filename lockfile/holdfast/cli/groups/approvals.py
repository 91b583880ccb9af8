"""The rows of `holdfast approvals`: what was approved, whether it holds, and the first of all approvals."""

from holdfast.cli.table import _CACHE, _DRY, _GRAPH_FORMAT, _REASON, SIGNING, Command, Parameter, _value

_HERE = "holdfast.cli.commands.approvals:"
_BASE = _value("base", "REVISION", "judge by the approvals of this git revision")

SUMMARY = "list, verify and prune approvals; begin with a baseline"
COMMANDS = (
    Command(
        "approvals baseline",
        "sign everything as it is now, once: from then on only changes need a person",
        (_REASON, _value("name", "NAME", "the name of the first approver"), *SIGNING, _DRY),
        "holdfast.cli.commands.baseline:baseline",
        "cargo vet init",
    ),
    Command(
        "approvals list",
        "show who approved what, the newest first",
        (Parameter("names", "words", "only of these packages", metavar="NAME"), _BASE, _GRAPH_FORMAT),
        _HERE + "list_approvals",
        "cargo vet inspect",
    ),
    Command(
        "approvals verify",
        "verify every approval file, and say which do not count and why",
        (_BASE, _GRAPH_FORMAT),
        _HERE + "verify_approvals",
    ),
    Command(
        "approvals prune",
        "put one signed checkpoint in the place of all approvals so far",
        (_REASON, *SIGNING, _DRY, _CACHE),
        "holdfast.cli.commands.prune:prune",
        "cargo vet prune",
    ),
)
