"""No solution, told: numbered sentences, then single changes that were tried and work."""

from holdfast.cli.console import Console
from holdfast.cli.exits import NO_SOLUTION
from holdfast.cli.wiring import Shop
from holdfast.reports.plain import plain
from holdfast.reports.port import SCHEMA
from holdfast_resolver.resolve.modules import ModulesImpossible
from holdfast_resolver.resolve.npm import NpmImpossible
from holdfast_resolver.resolve.request import Impossible


def refuse(outcome: Impossible | ModulesImpossible | NpmImpossible, shop: Shop, console: Console) -> int:
    """Say why there is no solution."""
    if console.form == "json":
        console.result(_json(outcome, console.command))
    elif console.form == "sarif":
        from holdfast.cli.failure import sarif

        console.result(sarif(console.command, f"no solution: {'; '.join(outcome.sentences)}", NO_SOLUTION))
    elif console.form == "github":
        from holdfast.reports.findings_github import annotation

        message = "\n".join([plain(sentence) for sentence in outcome.sentences])
        console.result(annotation("error", [("title", "no solution")], message) + "\n")
    else:
        console.result(_text(outcome, console.colour))
    return NO_SOLUTION


def _where(outcome: Impossible | ModulesImpossible | NpmImpossible) -> str:
    """On which target; of modules and npm packages, which have none, that it is they."""
    if isinstance(outcome, Impossible):
        return str(outcome.target)
    return "the npm packages" if isinstance(outcome, NpmImpossible) else "the modules"


def _text(outcome: Impossible | ModulesImpossible | NpmImpossible, colour: bool) -> str:
    head = "\x1b[31mno solution\x1b[0m" if colour else "no solution"
    lines = [f"{head} for {plain(_where(outcome))}:"]
    lines += [f"  {number}. {plain(text)}" for number, text in enumerate(outcome.sentences, 1)]
    if outcome.suggestions:
        one = len(outcome.suggestions) == 1
        lines += ["", "this change makes it solvable:" if one else "each of these changes makes it solvable:"]
        lines += [f"  - {plain(suggestion.text)}" for suggestion in outcome.suggestions]
    return "\n".join(lines) + "\n"


def _json(outcome: Impossible | ModulesImpossible | NpmImpossible, command: str) -> str:
    from holdfast.reports.findings_json import write

    return write(
        {
            "version": SCHEMA,
            "command": command,
            "impossible": {
                "target": _where(outcome),
                "sentences": list(outcome.sentences),
                "suggestions": [
                    {
                        "text": one.text,
                        "path": one.wish.path if one.wish else None,
                        "line": one.wish.line if one.wish else None,
                        "before": one.wish.requirement.without_source() if one.wish else None,
                        "after": one.requirement or None,
                    }
                    for one in outcome.suggestions
                ],
                "exit": NO_SOLUTION,
            },
        }
    )
