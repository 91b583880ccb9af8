"""`[[policy.ignore]]`: advisories that do not count for this project, why, and for how long.

    [[policy.ignore]]
    advisory = "GHSA-462w-v97r-4m45"
    reason = "no template of ours comes from outside"
    until = "2027-01-01"                # or until-fixed = true, or both: whichever comes first
    package = "pypi:jinja2"             # without it: every package that the advisory affects

Rule: every ignore has a reason and an end.
"""

from holdfast.configuration.policy_patterns import Kinds, read_patterns_of_rule
from holdfast.configuration.tables import Table
from holdfast.model.policy import Ignore
from holdfast_resolver.manifests.toml import type_name

_KEYS = ("advisory", "reason", "until", "until-fixed", "package")
_SIGNS = frozenset("._:+/@-")
_LONGEST = 128  # characters of an id


def read_ignores(section: Table, kinds: Kinds) -> tuple[Ignore, ...]:
    """Return the ignores in the order of the file; `section` is `[policy]`. Raises `ConfigurationError`."""
    found: list[Ignore] = []
    for index, value in enumerate(section.array("ignore")):
        if not isinstance(value, dict):
            raise section.refusal(("ignore", index), "a table", type_name(value))
        table = section.table("ignore", index)
        ignore = _read_ignore(table, kinds)
        if any(_same(ignore, other) for other in found):
            raise table.refusal((), "each advisory once for the same packages", f"{ignore.advisory} twice")
        found.append(ignore)
    return tuple(found)


def is_advisory_id(text: str) -> bool:
    """Whether a text can be the id of an advisory: letters, digits and a few signs, such as GHSA-462w-v97r-4m45."""
    plain = "".join([character for character in text if character not in _SIGNS])
    return text[:1].isalnum() and text.isascii() and plain.isalnum() and len(text) <= _LONGEST


def _read_ignore(table: Table, kinds: Kinds) -> Ignore:
    table.check_keys(_KEYS)
    expected = "the id of an advisory, such as GHSA-462w-v97r-4m45 or CVE-2019-10906"
    advisory = table.required("advisory", expected)
    if not is_advisory_id(advisory):
        raise table.refusal(("advisory",), expected, advisory)
    ignore = Ignore(
        advisory,
        table.required("reason", "why this advisory does not count here"),
        table.second("until"),
        table.boolean("until-fixed"),
        read_patterns_of_rule(table, kinds) if "package" in table.data else (),
        table.line(),
    )
    if not ignore.until and not ignore.until_fixed:
        hint = 'add until = "2027-01-01", or another date, or until-fixed = true'
        raise table.refusal((), "until, or until-fixed = true: an ignore has an end", "neither", hint)
    return ignore


def _same(one: Ignore, other: Ignore) -> bool:
    return one.advisory.upper() == other.advisory.upper() and set(one.packages) == set(other.packages)
