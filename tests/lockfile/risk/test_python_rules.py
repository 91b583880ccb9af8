"""The rules for Python hold on their own examples."""

import pytest

from holdfast.model.scan import Scan
from holdfast.risk.python_distribution import scan_distribution
from holdfast.risk.python_high_rules import HIGH_RULES
from holdfast.risk.python_packaging_rules import PACKAGING_RULES
from holdfast.risk.python_rules import PYTHON_RULES
from holdfast.risk.rules import Rule, holds_at, is_sound

RULES = (*PYTHON_RULES, *PACKAGING_RULES)
_NEAR = {  # a name with which a file no longer is what the rule means
    "python-start-up-module": "custom.py",
    "python-setup-script": "x-1/tools/setup.py",
    "python-native-source": "x-1/x/fast.h",
    "python-bytecode": "x/a.txt",
}


def _scan(file: str, text: str) -> Scan:
    path = file or "x/a.py"
    files = [(path, text.encode("latin-1"))]
    if not path.startswith("x-1/"):
        files.append(("x-1.dist-info/WHEEL", b"Wheel-Version: 1.0\n"))
    else:
        files.append(("x-1/PKG-INFO", b"Name: x\n"))
    return scan_distribution("x", sorted(files))


def _fired(scan: Scan) -> set[str]:
    return {one.rule for one in scan.evidence}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_fires_on_its_example(rule: Rule) -> None:
    """Every rule fires on its example, with the capability that it names."""
    scan = _scan(rule.file, rule.example)
    found = [one for one in scan.evidence if one.rule == rule.id]
    assert found
    assert {one.capability for one in found} == {rule.capability}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_silent_on_its_counter_example(rule: Rule) -> None:
    """No rule fires on its counter example, which is read without a fault."""
    scan = _scan(_NEAR.get(rule.id, rule.file), rule.counter_example)
    assert rule.id not in _fired(scan)
    assert not scan.unread


def test_every_rule_is_sound_and_stands_once() -> None:
    """Fields hold words of their tables, and ids are unique."""
    assert [rule.id for rule in RULES if not is_sound(rule)] == []
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_the_table_of_high_rules_holds_these_alone() -> None:
    """What stands among the high rules is high, and nothing else of the code's rules is."""
    assert all(rule.severity == "high" for rule in HIGH_RULES)
    assert [rule for rule in PYTHON_RULES if rule.severity == "high"] == list(HIGH_RULES)


def test_a_rule_for_imports_holds_when_something_is_installed() -> None:
    """A moment narrows a rule to that moment and earlier ones."""
    rule = next(rule for rule in PYTHON_RULES if rule.moment == "import")
    assert [holds_at(rule, moment) for moment in ("install", "import", "call")] == [True, True, False]
