"""`[policy]`, as far as this version acts on it: what may be privileged, and what must be signed.

    [policy]
    privileged = ["@acme/guards"]
    require-signatures = ["acme:*", "pypi:acme-*"]

Rule: a rule that would silently never apply is refused, such as one with a misspelled key or an unknown source.
"""

from collections.abc import Iterable

from holdfast.configuration.configuration import Policy
from holdfast.configuration.modules import read_patterns
from holdfast.configuration.tables import Table
from holdfast_resolver.values.modules import is_module_pattern
from holdfast_resolver.values.names import is_valid_name, normalize_name

_KEYS = ("privileged", "require-signatures")
_ECOSYSTEMS = ("pypi", "npm")  # sources that need no section of their own
_EXPECTED = "a source, ':' and a name, a beginning or '*', such as acme:@acme/* or pypi:requests"
_NEAR = 0.8  # how alike a key must be to one of ours to be taken for a slip


def read_policy(table: Table, module_sources: Iterable[str], sources: Iterable[str]) -> tuple[Policy, tuple[str, ...]]:
    """Return the policy, and its keys that are not acted on yet; `table` is the whole configuration.

    `module_sources` and `sources` are the names of those configured. Raises `ConfigurationError`.
    """
    section = table.table("policy")
    later = tuple(key for key in section.data if key not in _KEYS)
    _check_slips(section, later)
    kinds = dict.fromkeys(_ECOSYSTEMS + tuple(sources), False) | dict.fromkeys(module_sources, True)
    rules = section.strings("require-signatures")
    normal = [_rule(section, index, rule, kinds) for index, rule in enumerate(rules)]
    return Policy(read_patterns(section, "privileged"), tuple(dict.fromkeys(normal))), later


def _check_slips(section: Table, later: tuple[str, ...]) -> None:
    if not later:
        return
    from difflib import get_close_matches  # start-up: only where there are other keys

    for key in later:
        near = get_close_matches(key, _KEYS, 1, _NEAR)
        if near:
            found = "an unknown key" if key.isprintable() else "a key with invisible characters"
            raise section.refusal((key,), f"{near[0]}, or a key unlike it", found, f"did you mean {near[0]}?")


def _rule(section: Table, index: int, text: str, kinds: dict[str, bool]) -> str:
    # "acme:@acme/*" -> itself; "pypi:Acme_*" -> "pypi:acme-*"
    place = ("require-signatures", index)
    source, colon, pattern = text.partition(":")
    if not colon or not pattern:
        raise section.refusal(place, _EXPECTED, text)
    if source not in kinds:
        raise section.refusal(place, "one of the sources " + ", ".join(sorted(kinds)), source)
    if pattern == "*":
        return text
    if kinds[source] or source == "npm":
        plain = source == "npm" and is_valid_name(pattern.removesuffix("*"))
        if not is_module_pattern(pattern) and not plain:
            raise section.refusal(place, _EXPECTED, text)
        return text
    stem = pattern.removesuffix("*")
    if not is_valid_name(stem.rstrip("-_.") if stem != pattern else stem):
        raise section.refusal(place, _EXPECTED, text)
    return f"{source}:{normalize_name(stem)}{pattern[len(stem) :]}"
