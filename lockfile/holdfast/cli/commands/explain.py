"""`explain`: what a finding code means and what to do; without a code, the list of them."""

from collections.abc import Mapping

from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN
from holdfast.cli.words import Arguments
from holdfast.errors import UsageError
from holdfast.findings.codes import CODES
from holdfast.findings.codes import explain as explained


def explain(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Print the row of a code, or all codes with the first sentence of each."""
    code = arguments.text("code")
    if not code:
        console.result(_overview())
        return CLEAN
    # A code is copied as it was printed: `error[wish-unmet]:` is wish-unmet.
    code = code.strip().rstrip(":").rpartition("[")[2].rstrip("]").lower()
    text = explained(code)
    if text is None:
        raise UsageError("the code of a finding", arguments.text("code"), _hint(code))
    console.result(text)
    return CLEAN


def _overview() -> str:
    width = max(map(len, CODES)) + 2
    lines = [
        f"{code:<{width}}{row.severity:<9}{row.meaning.partition('. ')[0].rstrip('.')}" for code, row in CODES.items()
    ]
    return "\n".join([*lines, "", "`holdfast explain CODE` says more"]) + "\n"


def _hint(code: str) -> str:
    from holdfast.workflows.names import near  # start-up: only for a message

    return near(code, CODES) or "`holdfast explain` lists them"
