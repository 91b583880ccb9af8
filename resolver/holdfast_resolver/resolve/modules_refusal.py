"""Why wishes for modules cannot be met, and single changes that were tried and work.

How it is told is the business of `story.py`; here are the words for modules and npm's ranges.
"""

from __future__ import annotations

from holdfast_resolver.errors import RegistryError
from holdfast_resolver.resolve.modules import ModuleRequest, ModulesImpossible, Refused, Solved, solve
from holdfast_resolver.resolve.modules_offers import Listings, Offer
from holdfast_resolver.resolve.request import Suggestion
from holdfast_resolver.resolve.story import MOST_SUGGESTIONS, Story, place_of, unknown
from holdfast_resolver.values.wishes import Wish
from holdfast_resolver.versions.semver import SEMVER

_MOST_RUNS = 3
_LONGEST_SET = 60  # characters; what is longer is counted instead


def explain_refusal(request: ModuleRequest, refused: Refused, listings: Listings) -> ModulesImpossible:
    """Explain a refusal. Suggestions are found by solving again; what cannot be had for that is not suggested."""
    story = _Story(request, refused)
    return ModulesImpossible(story.sentences(), _suggestions(request, story.wishes, refused, listings))


class _Story(Story):
    """The leaves of one proof, in the words of modules."""

    def __init__(self, request: ModuleRequest, refused: Refused) -> None:
        self._request = request
        self._world = refused.world
        self._offers = refused.world.offers
        super().__init__(refused.proof, request.wishes)

    def name(self, node: int) -> str:
        return self._offers.by_node[node].name

    def is_extra(self, node: int) -> bool:
        return False

    def everything(self, node: int) -> int:
        return self._offers.by_node[node].table.everything

    def asked(self, wish: Wish) -> str:
        return spelled(wish.requirement.name, wish.requirement.range)

    def spelled(self, node: int, mask: int) -> str:
        """`@acme/a >=1.2.0 <2.0.0`, over the releases that may be chosen, where that says as much."""
        offer = self._offers.by_node[node]
        if not mask & offer.table.everything:
            return f"a release of {offer.name} that does not exist"
        kept = self._world.start(node) & offer.table.everything
        if not mask & offer.table.prereleases:
            kept &= ~offer.table.prereleases
        if not kept & mask:
            kept = offer.table.everything
        text = _runs(
            [(version, bool(mask >> at & 1)) for at, version in enumerate(offer.table.versions) if kept >> at & 1]
        )
        if len(text) > _LONGEST_SET:
            return f"{offer.name} ({(mask & kept).bit_count()} releases)"
        return spelled(offer.name, text)

    def wanted(self, source: int, candidates: int, node: int, allowed: int) -> str:
        """What the candidates require of a module: in their own words where these are the same for all."""
        name = self.name(node)
        releases = self._offers.by_node[source].releases
        needs = [release.dependencies for at, release in enumerate(releases) if candidates >> at & 1]
        texts = {range_text for dependencies in needs for need, range_text in dependencies if need == name}
        return spelled(name, texts.pop()) if len(texts) == 1 else self.spelled(node, allowed)

    def exclusions(self) -> list[str]:
        """What is not there: unknown modules, ranges that no release is in, and yanked releases."""
        sentences: dict[str, None] = {}
        wanted = [(wish.requirement.name, wish.requirement.range) for wish in self.wishes]
        for source, node in self.needs:
            name, candidates = self.name(node), self.needs[source, node][0]
            for at, release in enumerate(self._offers.by_node[source].releases):
                if candidates >> at & 1:
                    wanted += [need for need in release.dependencies if need[0] == name]
        for name, range_text in dict.fromkeys(wanted):
            offer = self._offers.by_name[name]
            if not offer.exists:
                names = [other.name for other in self._offers.by_node if other.exists]
                sentences[unknown(self._request.source_of(name), "module", name, names)] = None
            elif not offer.mask(range_text):
                sentences[_nothing_in(offer, range_text)] = None
            elif not offer.mask(range_text) & self._world.start(offer.node):
                sentences[_yanked(offer, range_text)] = None
        for node in self.excluded:
            offer = self._offers.by_node[node]
            ranges = [range_text for name, range_text in wanted if name == offer.name]
            if offer.exists and not any(_says(offer.name, sentence) for sentence in sentences):
                admitted = offer.table.everything
                for range_text in ranges:
                    admitted &= offer.mask(range_text)
                if admitted & offer.yanked & ~self._world.start(node):
                    sentences[_yanked(offer, *ranges)] = None
        return list(sentences)


def spelled(name: str, range_text: str) -> str:
    """Return a module and a range as a manifest has them: `@acme/base ^1.2`."""
    return f"{name} {range_text}".rstrip()


def _says(name: str, sentence: str) -> bool:
    return sentence.startswith(f"{name} ")


def _nothing_in(offer: Offer, range_text: str) -> str:
    if not offer.table.count:
        return f"{offer.name} has no release"
    newest = offer.table.versions[-1]
    if not SEMVER.canonical_range(range_text):
        return f"{offer.name} has only pre-releases, which no range here names: its newest is {newest}"
    kind = ", a pre-release" if offer.table.prereleases >> (offer.table.count - 1) & 1 else ""
    return f"{offer.name} has no release in {range_text}: its newest is {newest}{kind}"


def _yanked(offer: Offer, *ranges: str) -> str:
    mask = offer.yanked
    for range_text in ranges:
        mask &= offer.mask(range_text)
    release = offer.releases[mask.bit_length() - 1]
    return f"{offer.name} {release.version} was yanked{': ' + release.yanked if release.yanked else ''}"


def _runs(versions: list[tuple[str, bool]]) -> str:
    """Return npm's range of the versions that are marked, among these: `<2.0.0 || 3.1.0`; "" = all.

    >>> _runs([("1.0.0", False), ("1.1.0", True), ("1.2.0", True), ("2.0.0", False)])
    '>=1.1.0 <2.0.0'
    """
    parts: list[str] = []
    at = 0
    while at < len(versions):
        if not versions[at][1]:
            at += 1
            continue
        first = at
        while at < len(versions) and versions[at][1]:
            at += 1
        low = f">={versions[first][0]}" if first else ""
        high = f"<{versions[at][0]}" if at < len(versions) else ""
        parts.append(versions[first][0] if at == first + 1 and (low or high) else f"{low} {high}".strip())
    if len(parts) > _MOST_RUNS:
        parts[_MOST_RUNS:] = ["..."]
    return " || ".join(parts)


def _suggestions(
    request: ModuleRequest, wishes: list[Wish], refused: Refused, listings: Listings
) -> tuple[Suggestion, ...]:
    """Return up to three single wishes with another range that make the whole set solvable, as tried."""
    found: list[Suggestion] = []
    for wish in wishes:
        if len(found) == MOST_SUGGESTIONS:
            break
        need = wish.requirement
        offer = refused.world.offers.by_name[need.name]
        attempts = [""] if need.range else []
        if offer.table.prereleases:
            attempts.append(f"^{offer.table.versions[offer.table.prereleases.bit_length() - 1]}")
        for range_text in attempts:
            changed = wish._replace(requirement=need._replace(range=range_text))
            version = _tried(
                request, tuple(changed if other is wish else other for other in request.wishes), need.name, listings
            )
            if version:
                new = spelled(need.name, f"^{version}")
                text = f"ask for {new} instead of {spelled(need.name, need.range)} in {place_of(wish)}"
                found.append(Suggestion(text, wish, new))
                break
    return tuple(found)


def _tried(request: ModuleRequest, wishes: tuple[Wish, ...], name: str, listings: Listings) -> str:
    """Solve with other wishes; return the version of a module, "" where there is no solution to be had."""
    try:
        outcome = solve(request._replace(wishes=wishes), listings)
    except RegistryError:
        return ""
    if not isinstance(outcome, Solved):
        return ""
    offer = outcome.world.offers.by_name[name]
    return offer.table.versions[outcome.solution.chosen[offer.node]]
