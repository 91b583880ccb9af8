"""The rows of `holdfast policy`."""

from holdfast.cli.table import TEXT_OR_JSON, Command, Parameter

SUMMARY = "say which rules decided what"
COMMANDS = (
    Command(
        "policy explain",
        "say which rules decide what of a package",
        (Parameter("name", "word", "the package", metavar="PACKAGE", required=True), TEXT_OR_JSON),
        "holdfast.cli.commands.policy:explain",
    ),
)
