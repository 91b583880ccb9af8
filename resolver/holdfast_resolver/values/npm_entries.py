"""A lock's entries for npm packages: a name, a blank, a range or tag, and after " ; " the condition in words.

    npm:lodash ^4.17.0
    npm:fsevents ~2.3.2 ; optional
    npm:string-width ^4.2.0 ; peer as string-width-cjs
    npm:semver ^7.5.2 ; of ^6 below @acme/core@^1 / parser

The last is an override, as the inputs of a lock have it: what `semver` in ^6 becomes below `parser` below `@acme/core`
in ^1. Knows this grammar; whether a range is one is the business of `versions`.
"""

from functools import lru_cache

from holdfast_resolver.errors import InvalidRange, InvalidRequirement
from holdfast_resolver.values.npm import OPTIONAL, PEER, PEER_OPTIONAL, NpmRequirement
from holdfast_resolver.values.npm_names import fault_of_npm_name
from holdfast_resolver.values.tuples import NamedTuple

_KINDS = (PEER_OPTIONAL, PEER, OPTIONAL)  # the longer one first
_AS, _OF, _BELOW, _STEP = "as ", "of ", "below ", " / "


class Condition(NamedTuple):
    """What stands behind " ; ", taken apart."""

    kind: str = ""  # "", "optional", "peer", "peer optional"
    alias: str = ""
    range: str = ""  # of an override: of its key
    within: tuple[tuple[str, str], ...] = ()  # of an override: (name, range; "" = any), outermost first

    def __str__(self) -> str:
        """The text that `parse_condition` reads."""
        chain = _STEP.join([f"{name}@{range_}" if range_ else name for name, range_ in self.within])
        parts = [(self.kind, self.kind), (self.alias, _AS + self.alias), (self.range, _OF + self.range)]
        return " ".join([text for value, text in [*parts, (chain, _BELOW + chain)] if value])


def parse_npm_entry(text: str, source: str) -> NpmRequirement:
    """Parse what follows the source's name and colon. Raises `InvalidRequirement`, `InvalidRange`.

    >>> str(parse_npm_entry("@acme/core ^2.1 || ^3 ; peer", "acme"))
    'acme:@acme/core ^2.1 || ^3 ; peer'
    """
    body, semicolon, marker = text.partition(" ; ")
    name, _, range_ = body.partition(" ")
    fault = fault_of_npm_name(name)
    if fault:
        raise InvalidRequirement(text, fault, 0)
    if not range_ or range_ != range_.strip() or not range_.isprintable():
        raise InvalidRange(text, "a version range such as ^1.2, or *, after one blank", len(name) + 1)
    if semicolon and str(parse_condition(marker)) != marker:
        raise InvalidRequirement(text, "optional, peer or an alias after ' ; '", len(body) + 3)
    return NpmRequirement(source, name, (), range_, marker)


@lru_cache(maxsize=1000)
def parse_condition(marker: str) -> Condition:
    """Take a condition apart. Raises `InvalidRequirement`.

    >>> parse_condition("of ^6 below a@^1 / b")
    Condition(kind='', alias='', range='^6', within=(('a', '^1'), ('b', '')))
    """
    kind = next((one for one in _KINDS if marker == one or marker.startswith(one + " ")), "")
    rest = marker[len(kind) :].lstrip(" ")
    alias = range_ = ""
    within: tuple[tuple[str, str], ...] = ()
    if rest.startswith(_AS):
        alias, _, rest = rest[len(_AS) :].partition(" ")
        _check_name(marker, alias)
    if rest.startswith(_OF):
        range_, below, rest = rest[len(_OF) :].partition(" " + _BELOW)
        rest = _BELOW + rest if below else rest
    if rest.startswith(_BELOW):
        within = tuple([_step(marker, step) for step in rest[len(_BELOW) :].split(_STEP)])
        rest = ""
    if rest or not (kind or alias or range_ or within):
        raise InvalidRequirement(marker, "optional, peer or an alias after ' ; '", 0)
    return Condition(kind, alias, range_, within)


def _step(marker: str, text: str) -> tuple[str, str]:
    end = text.find("@", 1)
    name, range_ = (text[:end], text[end + 1 :]) if end > 0 else (text, "")
    _check_name(marker, name)
    return name, range_


def _check_name(marker: str, name: str) -> None:
    fault = fault_of_npm_name(name)
    if fault:
        raise InvalidRequirement(marker, fault, marker.find(name))
