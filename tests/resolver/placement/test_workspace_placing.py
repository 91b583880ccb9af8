"""Workspaces: links at the root, their dependencies shared where they agree."""

from holdfast_resolver.placement.port import Placement, PlacementRequest, Unplaceable
from tests.support.npm_universe import Universe, drawn, project, run, universe

_WORLD = universe("lodash 3.0.0\nlodash 4.0.0\nreact 18.0.0\nui 1.0.0\n react >=17 ; peer\nweb 9.0.0")


def _place(world: Universe, root: str, **members: str) -> Placement | Unplaceable:
    folders = [project(text, f"packages/{name}/package.json", name) for name, text in members.items()]
    return run(PlacementRequest((project(root), *folders)), world)


def _drawn(outcome: Placement | Unplaceable) -> str:
    assert isinstance(outcome, Placement), outcome
    return drawn(outcome)


def test_members_are_links_and_share_what_they_agree_on() -> None:
    """One folder for what all want; what only one wants in another version stands in its own folder."""
    outcome = _place(_WORLD, "lodash ^4", web="lodash ^3\nui *", api="lodash *")
    assert _drawn(outcome) == (
        "api -> packages/api\nlodash 4.0.0\nreact 18.0.0\nui 1.0.0\nweb -> packages/web\npackages/web/ lodash 3.0.0"
    )


def test_two_members_may_need_different_majors() -> None:
    """The first by path has the better place."""
    assert _drawn(_place(_WORLD, "", api="lodash ^3", web="lodash ^4")) == (
        "api -> packages/api\nlodash 3.0.0\nweb -> packages/web\npackages/web/ lodash 4.0.0"
    )


def test_a_member_may_want_itself_and_others() -> None:
    """A want of a member's name that its version serves is the member, whatever the registry has."""
    outcome = _place(_WORLD, "", api="api *\nweb ^1.0.0", web="api 1.0.0")
    assert _drawn(outcome) == "api -> packages/api\nweb -> packages/web"
    assert isinstance(outcome, Placement)
    ends = [(member.path, [outcome.nodes[to or 0].link for _, to in member.edges]) for member in outcome.importers]
    assert ends == [("", []), ("packages/api", ["packages/api", "packages/web"]), ("packages/web", ["packages/api"])]


def test_a_version_that_no_member_has_comes_from_the_registry() -> None:
    """A want that the member does not serve is met in the folder of whoever has it."""
    assert _drawn(_place(_WORLD, "", api="web ^9", web="")) == (
        "api -> packages/api\nweb -> packages/web\npackages/api/ web 9.0.0"
    )


def test_the_workspace_protocol_means_the_member_alone() -> None:
    """`workspace:` is served by the link; without a member of that name it is nothing."""
    assert _drawn(_place(_WORLD, "", api="web workspace:^", web="")) == "api -> packages/api\nweb -> packages/web"
    outcome = _place(_WORLD, "", api="ui workspace:*")
    assert isinstance(outcome, Unplaceable)
    assert outcome.problems[0].reason == "unsupported-spec"


def test_a_conflict_names_the_member() -> None:
    """The chain of a problem begins in the manifest that asks."""
    outcome = _place(_WORLD, "", api="lodash ^9")
    assert isinstance(outcome, Unplaceable)
    (step,) = outcome.problems[0].chain
    assert (step.asker, step.path, step.line) == ("packages/api", "packages/api/package.json", 1)
