"""A rule of the scanners, as data: what it looks for, what that shows, and two examples that prove it.

    Rule("python-subprocess", "subprocess", "low", "python", ("subprocess.*",), ...)

One table for each language: `python_rules.py`, `javascript_rules.py`, `text_rules.py`. What a pattern of `matches`
means is said where the language's scanner reads it. Knows nothing of any language.
"""

from holdfast.model.scan import CAPABILITIES, MOMENTS
from holdfast_resolver.values.tuples import NamedTuple

SEVERITIES = ("low", "medium", "high")


class Rule(NamedTuple):
    """One row of a table.

    `severity` is how rarely well-meant code does it: a `high` one deserves to be read whenever it fires.
    `moment` narrows the rule to code that runs at this moment or earlier; "" = whenever it runs.
    `example` is the text of a whole file in which the rule fires, `counter_example` of a near one where it does not.
    """

    id: str  # "python-subprocess": the language, then what it finds
    capability: str  # of `CAPABILITIES`
    severity: str  # of `SEVERITIES`
    language: str  # "python" | "javascript" | "text"
    matches: tuple[str, ...]
    moment: str
    example: str
    counter_example: str
    file: str = ""  # the name under which the examples are read, where it counts: "setup.py"


def is_sound(rule: Rule) -> bool:
    """Whether every field holds one of its words."""
    return (
        rule.capability in CAPABILITIES
        and rule.severity in SEVERITIES
        and rule.moment in ("", *MOMENTS)
        and rule.id.startswith(rule.language + "-")
        and bool(rule.matches)
        and rule.example != rule.counter_example
    )


def holds_at(rule: Rule, moment: str) -> bool:
    """Whether a rule speaks of code that runs at `moment`.

    >>> holds_at(Rule("python-x", "network", "high", "python", ("x",), "import", "", ""), "install")
    True
    """
    return not rule.moment or MOMENTS.index(moment) <= MOMENTS.index(rule.moment)
