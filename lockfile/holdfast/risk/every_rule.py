"""The severities of all rules, by their ids: what `facts.Known.severities` is filled with."""

from holdfast.risk import javascript_packaging, javascript_rules, text_rules
from holdfast.risk.python_packaging_rules import PACKAGING_RULES
from holdfast.risk.python_rules import PYTHON_RULES


def severities() -> dict[str, str]:
    """Return "low", "medium" or "high" by the id of each rule."""
    tables = (PYTHON_RULES, PACKAGING_RULES, javascript_rules.RULES, javascript_packaging.RULES, text_rules.RULES)
    return {rule.id: rule.severity for table in tables for rule in table}
