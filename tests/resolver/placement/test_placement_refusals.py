"""What cannot be had: who asks, for what, and what there is instead."""

import pytest

from holdfast_resolver.placement.explain import explain
from holdfast_resolver.placement.port import Step
from tests.support.npm_universe import placed, refused, universe

_WORLD = universe(
    """
a 1.0.0
 b *
b 1.0.0
 c *
c 1.0.0
 d *
d 1.0.0
 e ^9.0.0
e 1.0.0
e 2.0.0
e 3.0.0-rc.1
one 1.0.0
many 1.0.0
many 1.1.0
many 2.0.0
many 2.1.0
many 2.2.0
many 3.0.0
hidden 1.0.0
 gone *
tag e next 3.0.0-rc.1
"""
)


@pytest.mark.parametrize(
    ("wishes", "sentences"),
    [
        ("gone *", ("package.json:1 asks for gone *", "there is no package gone in its registry")),
        (
            "one ^2",
            ("package.json:1 asks for one ^2", "one has no version in ^2: it has 1.0.0"),
        ),
        (
            "many ^2.9.0",
            (
                "package.json:1 asks for many ^2.9.0",
                "many has no version in ^2.9.0: it has 2.0.0, 2.1.0, 2.2.0, 3.0.0 and 2 others",
            ),
        ),
        (
            "many >=17.0.0 <17.0.0",
            (
                "package.json:1 asks for many >=17.0.0 <17.0.0",
                "no version of anything lies in >=17.0.0 <17.0.0: many has 2.0.0, 2.1.0, 2.2.0, 3.0.0 and 2 others",
            ),
        ),
        (
            "many ^17.0.0 <17.0.0",
            (
                "package.json:1 asks for many ^17.0.0 <17.0.0",
                "no version of anything lies in ^17.0.0 <17.0.0: many has 2.0.0, 2.1.0, 2.2.0, 3.0.0 and 2 others",
            ),
        ),
        ("e beta", ("package.json:1 asks for e beta", "e has no dist-tag beta: it has latest, next")),
        (
            "hidden *",
            (
                "package.json:1 asks for hidden *",
                "hidden@1.0.0 requires gone *",
                "there is no package gone in its registry",
            ),
        ),
        (
            "a *",
            (
                "package.json:1 asks for a *",
                "over 3 more packages it leads to d@1.0.0",
                "d@1.0.0 requires e ^9.0.0",
                "e has no version in ^9.0.0: it has 1.0.0, 2.0.0 and 1 other",
            ),
        ),
        (
            "one git+ssh://host.example/one.git",
            (
                "package.json:1 asks for one git+ssh://host.example/one.git",
                "git+ssh://host.example/one.git is a git repository, which has no release to pin",
            ),
        ),
        ("one file:../one", ("package.json:1 asks for one file:../one", "file:../one is a folder")),
        (
            "x npm:",
            ("package.json:1 asks for x npm:", "npm: names no package of the registry"),
        ),
    ],
)
def test_a_refusal_says_who_asks_and_what_there_is(wishes: str, sentences: tuple[str, ...]) -> None:
    """The chain from the project, shortened in its middle, then the fact."""
    assert explain(refused(_WORLD, wishes)) == sentences


def test_all_problems_are_found_at_once() -> None:
    """One run names everything that is missing, in a fixed order; the last sentence counts the others."""
    outcome = refused(_WORLD, "gone *\none ^2\nhidden *")
    assert [(problem.reason, problem.package, len(problem.chain)) for problem in outcome.problems] == [
        ("no-match", "one", 1),
        ("not-found", "gone", 1),
    ]
    assert explain(outcome)[-1] == "1 more problem of this kind: gone"


def test_a_problem_carries_the_whole_chain() -> None:
    """As values: from the manifest's line to the requirement that cannot be met."""
    (problem,) = refused(_WORLD, "hidden *").problems
    assert problem.chain == (
        Step("", "hidden", "*", "dependency", 1, "package.json"),
        Step("hidden@1.0.0", "gone", "*", "dependency"),
    )


def test_what_is_optional_is_never_a_problem() -> None:
    """Neither the project's own optional wishes nor those of others."""
    tree = placed(_WORLD, "gone * ; optional\none ^9 ; optional\nhidden * ; optional\nmany *")
    assert [node.name for node in tree.nodes] == ["many"]
    assert [to for _, to in tree.importers[0].edges] == [None, None, 0, None]
