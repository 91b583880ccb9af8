"""The rows of `holdfast policy`."""

from holdfast.cli.table import _GRAPH_FORMAT, Command, Parameter

SUMMARY = "say which rules decided what"
COMMANDS = (
    Command(
        "policy explain",
        "say which rules decide what of a package",
        (Parameter("name", "word", "the package", metavar="PACKAGE", required=True), _GRAPH_FORMAT),
        "holdfast.cli.commands.policy:explain",
    ),
)
