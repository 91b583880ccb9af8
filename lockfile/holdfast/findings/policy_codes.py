"""The finding codes of the policy and its rules: rows of the table in `codes.py`.

Knows words only.
"""

from holdfast.findings.code import Code

POLICY_CODES: dict[str, Code] = {
    "policy-age": Code(
        "error",
        "A release was locked and approved before it was as old as `minimum-release-age` asks for, and it is not yet; "
        "or nobody knows when it was published.",
        "Wait, or run `holdfast update NAME`: it takes the newest release that is old enough. Where the index says no "
        "date, a rule for the package can say that it needs no age.",
        "error[policy-age]: requests 2.32.3\n"
        "  expected: released at least 7 days ago (minimum-release-age of [policy] in holdfast.toml)\n"
        "  found: released 2026-11-19T09:30:00Z, 47 hours ago (holdfast.lock)\n"
        "  at: holdfast.toml\n"
        "  next: holdfast update requests",
    ),
    "policy-license": Code(
        "error",
        "What a release declares as its license is not what `licenses` allows: with OR one part must be, with AND "
        "all parts. A release that declares no SPDX expression is not allowed by any list.",
        "`holdfast policy explain NAME` shows who decided. Allow the license, write a rule for the package that says "
        "why, or do without it.",
        "error[policy-license]: readline 6.2.4\n"
        "  expected: a license that these allow: MIT, Apache-2.0 (holdfast.toml:31)\n"
        "  found: GPL-3.0-only (holdfast.lock)\n"
        "  reason: what we ship is closed\n"
        "  at: holdfast.toml:31\n"
        "  next: holdfast policy explain readline",
    ),
    "policy-source": Code(
        "error",
        "A package is locked from a source from which a rule says that it must not come.",
        "Look which source claims the name in `[sources]`. If it is the wrong one, correct it there and run "
        "`holdfast lock`; nothing should be installed before.",
        "error[policy-source]: acme-web 9.9.9\n"
        "  expected: from internal (holdfast.toml:40)\n"
        "  found: from pypi (holdfast.lock)\n"
        "  reason: our names come from our index\n"
        "  at: holdfast.toml:40\n"
        "  next: holdfast policy explain acme-web",
    ),
    "policy-permission": Code(
        "error",
        "A module asks for a permission that the policy denies, and no rule for it allows.",
        "`holdfast policy explain NAME` shows who denies it. Allow it by a rule with a reason and an end, or do "
        "without the module.",
        "error[policy-permission]: @acme/guards 2.1.0\n"
        "  expected: no permission of these: program, network (deny-permissions of [policy] in holdfast.toml)\n"
        "  found: network:api.acme.example (holdfast.lock)\n"
        "  at: holdfast.toml\n"
        "  next: holdfast policy explain '@acme/guards'",
    ),
    "policy-depth": Code(
        "error",
        "A package lies more steps from the project than `max-depth` allows, on some target, by the shortest way. "
        "Named are those right below the limit; what lies deeper hangs on them.",
        "The path says through whom it comes: replace one of those, or raise the limit.",
        "error[policy-depth]: six 1.17.0\n"
        "  expected: at most 3 steps from the project (max-depth of [policy] in holdfast.toml)\n"
        "  found: 4 steps\n"
        "  from: pyproject.toml -> app 1.0 -> web 2.0 -> dates 3.1 -> six 1.17.0\n"
        "  at: holdfast.toml\n"
        "  next: holdfast why six",
    ),
    "policy-count": Code(
        "error",
        "More packages are locked than `max-packages` allows. The wishes that bring in the most are named.",
        "`holdfast tree` shows who brings what: drop a wish, or raise the limit.",
        "error[policy-count]: holdfast.lock\n"
        "  expected: at most 40 packages (max-packages of [policy] in holdfast.toml)\n"
        "  found: 52 packages\n"
        "  brings: jupyter: 31\n"
        "  brings: flask: 7\n"
        "  at: holdfast.toml\n"
        "  next: holdfast tree",
    ),
    "rule-unused": Code(
        "warning",
        "A rule of the policy matches no locked package: its package is gone, or its pattern is not what was meant.",
        "Correct the pattern, or remove the rule: it would come back to life with whatever takes the name.",
        "warning[rule-unused]: [[policy.rule]] pypi:esbuild\n"
        "  expected: a locked package that it matches (holdfast.toml:44)\n"
        "  found: none\n"
        "  reason: links its own binary\n"
        "  at: holdfast.toml:44\n"
        "  next: holdfast explain rule-unused",
    ),
    "rule-expired": Code(
        "error",
        "The end of a rule has come. It decides nothing any more, and stands in the file as if it did.",
        "Look whether its reason still holds: if so give it another `until`, else remove it.",
        "error[rule-expired]: [[policy.rule]] pypi:requests\n"
        "  expected: a rule that holds after 2026-11-21T06:40:00Z (holdfast.toml:44)\n"
        "  found: it ended at 2026-06-30T00:00:00Z\n"
        "  reason: the fix is needed before it is a week old\n"
        "  at: holdfast.toml:44\n"
        "  next: holdfast explain rule-expired",
    ),
    "rule-hides-alarm": Code(
        "error",
        "`approve` of a rule names a class of change that is an alarm, or no class at all. Alarms are never approved "
        "by rule, so such a rule says something that it cannot do.",
        "Take the class out of `approve`. An alarm is accepted by people only, two of them, with an end.",
        "error[rule-hides-alarm]: [[policy.rule]] pypi:*\n"
        "  expected: approve: classes of change that are no alarm (holdfast.toml:44)\n"
        "  found: artifact-changed, an alarm: it takes people\n"
        "  reason: wheels are rebuilt every night\n"
        "  at: holdfast.toml:44\n"
        "  next: holdfast explain rule-hides-alarm",
    ),
}
