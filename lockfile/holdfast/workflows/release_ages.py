"""`minimum-release-age` where versions are chosen: a release that is too young is no candidate.

Rule 1: a pin that is locked and not freed stays, however young: nothing moves unasked, and `check` judges its age.
Rule 2: what does not say when it was published is too young for any age but none.
Loaded only where a policy has such a rule, or where there is no solution. The clock is the run's own.
"""

from __future__ import annotations

import re
import time
from typing import TypeVar

from holdfast.configuration.configuration import Configuration
from holdfast.policy.ages import before, spell_duration
from holdfast.policy.decisions import deciding, minimum_age, rules_for
from holdfast.workflows.market import Market
from holdfast_resolver.fetch.cutoff import Withheld
from holdfast_resolver.resolve.modules import ModulesImpossible
from holdfast_resolver.resolve.request import Impossible
from holdfast_resolver.values.modules import ModuleListing

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Iterable

    from holdfast.workflows.previous import Remembered
    from holdfast_resolver.resolve.npm import NpmImpossible

Refusal = TypeVar("Refusal", Impossible, ModulesImpossible, "NpmImpossible")
_WORD = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9._/-]*")


def withhold(market: Market, configuration: Configuration, kept: Iterable[Remembered], *, npm: bool = False) -> None:
    """Have the index and the module registries of a run offer only releases that are old enough, and those `kept`.

    `npm`: the registries of npm packages too.
    """
    policy, now = configuration.policy, _now(market)
    stay = frozenset([(pin.source, pin.name, pin.version) for pin in kept])
    known: dict[tuple[str, str], str] = {}

    def aged(source: str, name: str) -> str:
        """The instant before which a release must have been published, "" where none is asked for."""
        key = (source, name)
        if key not in known:
            seconds = minimum_age(policy, source, name, now)
            known[key] = before(now, seconds) if seconds else ""
        return known[key]

    market.index.aged = aged
    market.index.kept = stay
    if npm:
        market.npm.index.aged = aged
        market.npm.index.kept = stay
    if market.modules is not None:

        def offered(source: str, listing: ModuleListing) -> ModuleListing:
            limit = aged(source, listing.name)
            releases = [
                release
                for release in listing.releases
                if not limit
                or (source, listing.name, release.version) in stay
                or (release.published and release.published < limit)
            ]
            if len(releases) == len(listing.releases):
                return listing
            left = [Withheld(one.version, one.published) for one in listing.releases if one not in releases]
            market.index.withheld[source, listing.name] = tuple(left)
            return listing._replace(releases=tuple(releases))

        market.modules.offered = offered


def explained(outcome: Refusal, market: Market, configuration: Configuration) -> Refusal:
    """Say of the packages that a refusal speaks of which releases were left out, and why; before its last sentence."""
    words = {word.rstrip(".,:") for sentence in outcome.sentences for word in _WORD.findall(sentence)}
    words |= {re.split(r"[<>=!~\[]", word, maxsplit=1)[0] for word in words}
    more: list[str] = [
        _sentence(source, name, withheld, market, configuration)
        for (source, name), withheld in sorted(market.withheld.items())
        if name in words
    ]
    if not more:
        return outcome
    return outcome._replace(sentences=(*outcome.sentences[:-1], *more, *outcome.sentences[-1:]))


def _sentence(
    source: str, name: str, withheld: tuple[Withheld, ...], market: Market, configuration: Configuration
) -> str:
    newest = withheld[-1]
    others = f" (and {len(withheld) - 1} more)" if len(withheld) > 1 else ""
    when = f"published {newest.upload_time}" if newest.upload_time else f"{source} does not say when it was published"
    reason = _reason(source, name, newest, market, configuration)
    return f"{name} {newest.version}{others} is left out: {when}, and {reason}"


def _reason(source: str, name: str, newest: Withheld, market: Market, configuration: Configuration) -> str:
    until, policy, now = market.index.freshness.until, configuration.policy, _now(market)
    by_date = bool(until) and not (newest.upload_time and newest.upload_time < until)
    if by_date or market.index.aged is None:
        return f"exclude-newer takes only what was published before {until}"
    seconds = minimum_age(policy, source, name, now)
    rule = deciding(rules_for(policy, source, name, now), "minimum_age")
    where = f"{configuration.path}:{rule.line}" if rule is not None else f"of [policy] in {configuration.path}"
    limit = before(now, seconds)
    return f"minimum-release-age ({where}) of {spell_duration(seconds)} takes only what was published before {limit}"


def _now(market: Market) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(market.index.freshness.now))
