"""The rules for JavaScript and for texts hold on their own examples."""

import pytest

from holdfast.model.scan import Scan
from holdfast.risk.javascript_code import scan_javascript
from holdfast.risk.javascript_packaging import IMPLIED_BUILD, scan_binary, scan_manifest
from holdfast.risk.javascript_packaging import RULES as PACKAGING_RULES
from holdfast.risk.javascript_rules import RULES as CODE_RULES
from holdfast.risk.rules import Rule, is_sound
from holdfast.risk.text_rules import RULES as TEXT_RULES
from holdfast.risk.texts import scan_text

RULES = (*CODE_RULES, *PACKAGING_RULES, *TEXT_RULES)


def _scan(rule: Rule, text: str) -> Scan:
    data = text.encode()
    if rule.language == "text":
        return scan_text(rule.file, data, for_agents=True)
    if rule.file.endswith(".json"):
        return scan_manifest(rule.file, data, ("package/binding.gyp",) if rule.id == IMPLIED_BUILD else ())
    if rule.file:
        return scan_binary(rule.file, data)
    return scan_javascript("index.js", data)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_row_of_javascript_or_text_fires_on_its_example_alone(rule: Rule) -> None:
    """Each rule fires on its example, with its capability, and not on the near one that means nothing."""
    assert is_sound(rule)
    yes, no = _scan(rule, rule.example), _scan(rule, rule.counter_example)
    assert {one.capability for one in yes.evidence if one.rule == rule.id} == {rule.capability}
    assert rule.id not in {one.rule for one in no.evidence}
    assert not yes.unread
    assert not no.unread


def test_no_two_rows_have_one_id() -> None:
    """An id names one row."""
    assert len({rule.id for rule in RULES}) == len(RULES)
