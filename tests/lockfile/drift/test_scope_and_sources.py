"""Configuration and sources against lock."""

import pytest

from holdfast.drift.scope import DeclaredScope, compare_scope
from holdfast.drift.sources import compare_sources, matches
from holdfast.model.lock import LockedSource
from holdfast_resolver.values.targets import parse_target
from holdfast_resolver.values.wishes import Source
from tests.support.lock_scenarios import TARGETS, read_lock

LOCK = read_lock("wish a\na 1\n")
CP313 = parse_target("cp313 linux-x86_64 glibc-2.28")


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        (DeclaredScope(), []),
        (DeclaredScope(">= 3.11", "highest", "if-necessary", TARGETS), []),
        (DeclaredScope(targets=TARGETS[::-1]), []),
        (
            DeclaredScope(">=3.12"),
            [("requires-python", ">=3.12 (pyproject.toml)", ">=3.11 (holdfast.lock)")],
        ),
        (DeclaredScope(""), [("requires-python", "no limit (pyproject.toml)", ">=3.11 (holdfast.lock)")]),
        (
            DeclaredScope(strategy="lowest"),
            [("strategy", "lowest (pyproject.toml)", "highest (holdfast.lock)")],
        ),
        (
            DeclaredScope(prereleases="allow"),
            [("prereleases", "allow (pyproject.toml)", "if-necessary (holdfast.lock)")],
        ),
        (
            DeclaredScope(targets=(*TARGETS[:5], CP313)),
            [
                ("targets", f"{CP313} (pyproject.toml)", "not a target of the lock (holdfast.lock)"),
                (
                    "targets",
                    "no target cp312 windows-x86_64 (pyproject.toml)",
                    "cp312 windows-x86_64 (holdfast.lock)",
                ),
            ],
        ),
    ],
)
def test_the_scope_is_compared_field_by_field(declared: DeclaredScope, said: list[tuple[str, str, str]]) -> None:
    """What is left open is no drift; each field and target that differs is one finding."""
    findings = compare_scope(LOCK, declared)
    assert [(one.subject, one.expected, one.found) for one in findings] == said
    assert {one.code for one in findings} <= {"scope-changed"}


INTERNAL = Source("internal", "pypi", "https://a.example/simple/", "https://a.example/simple/", ("acme-*",))
MAIN = Source("pypi", "pypi", "", "pypi")
MIXED = read_lock(
    "wish a\na 1\n    acme-b\nacme-b 1 | from internal\n",
    sources=(LockedSource("internal", "pypi", "https://a.example/simple/"),),
)


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ((MAIN, INTERNAL), []),
        ((INTERNAL,), []),
        (
            (MAIN, INTERNAL._replace(identity="https://b.example/simple/")),
            [
                (
                    "internal",
                    "https://b.example/simple/ (pyproject.toml)",
                    "https://a.example/simple/ (holdfast.lock)",
                )
            ],
        ),
        (
            (MAIN._replace(identity="https://m.example/simple/"), INTERNAL),
            [("pypi", "https://m.example/simple/ (pyproject.toml)", "pypi (holdfast.lock)")],
        ),
        (
            (MAIN, INTERNAL._replace(packages=("acme-*", "a"))),
            [("a 1", "from the source internal (pyproject.toml)", "from the source pypi (holdfast.lock)")],
        ),
        (
            (MAIN,),
            [("internal", "no such source (pyproject.toml)", "https://a.example/simple/ (holdfast.lock)")],
        ),
    ],
)
def test_every_name_still_comes_from_where_it_was_locked(
    sources: tuple[Source, ...], said: list[tuple[str, str, str]]
) -> None:
    """Another identity of a source, and a pin that patterns now give to another source, are drift."""
    findings = compare_sources(MIXED, sources)
    assert [(one.subject, one.expected, one.found) for one in findings] == said


def test_a_pattern_is_a_name_or_a_prefix() -> None:
    """Only a final `*` stands for more."""
    assert matches("acme-*", "acme-tools")
    assert matches("acme", "acme")
    assert not matches("acme", "acme-tools")
    assert not matches("acme-*", "acme")
    assert matches("*", "anything")
