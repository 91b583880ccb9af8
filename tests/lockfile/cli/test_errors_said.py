"""Every error has an exit code and words of its own."""

import inspect
import io
import json
from collections.abc import Iterator
from typing import cast

import pytest

import holdfast.errors
import holdfast.trust.errors
import holdfast_resolver.errors
from holdfast.cli.console import Console
from holdfast.cli.distrust import finding_of, tell
from holdfast.cli.exits import EXITS, INTERRUPTED, UNDECIDED, WRONG, exit_code
from holdfast.cli.messages import MESSAGES, message
from holdfast.errors import ConfigurationError, FileProblem, HoldfastError, LockMissing, Undecided, UsageError
from holdfast.findings.codes import CODES
from holdfast.trust.errors import TrustError, _BySigner
from holdfast_resolver.errors import (
    CacheUnwritable,
    InvalidRange,
    ManifestError,
    OfflineMiss,
    RegistryUnavailable,
    ResolverError,
)

BASES = (HoldfastError, ResolverError, holdfast.errors._PlacedError)
EVIL = "a\x1b[2J\u202eb\x07"


def errors() -> Iterator[type[Exception]]:
    """The classes of both error trees that are raised."""
    for module in (holdfast.errors, holdfast_resolver.errors):
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, Exception) and kind not in BASES:
                yield kind


def made(kind: type[Exception], text: str = "x") -> Exception:
    """An error with every field filled."""
    parameters = list(inspect.signature(kind.__init__).parameters.values())[1:]
    return kind(*[7 if "int" in str(one.annotation) else text for one in parameters])


def refusals() -> list[type[TrustError]]:
    """The classes of the tree of `trust` that are raised."""
    kinds = [kind for _, kind in inspect.getmembers(holdfast.trust.errors, inspect.isclass)]
    return [kind for kind in kinds if issubclass(kind, TrustError) and kind is not TrustError and kind is not _BySigner]


@pytest.mark.parametrize("kind", refusals())
def test_every_refusal_is_a_finding_or_has_a_row(kind: type[TrustError]) -> None:
    """A verdict is told as a finding of a known code, with its fields; what is none has a sentence."""
    finding = finding_of(cast("TrustError", made(kind)))
    if finding is None:
        assert kind in MESSAGES
        return
    assert finding.code in CODES
    assert finding.subject
    assert finding.expected
    assert "{" not in finding.expected + finding.found + "".join(finding.hints)
    code, out = 0, io.StringIO()
    console = Console(out, io.StringIO(), {})
    code = tell(cast("TrustError", made(kind, EVIL)), console) or 0
    assert code == 1
    assert "\x1b" not in out.getvalue()


@pytest.mark.parametrize("kind", list(errors()))
def test_every_error_has_a_row(kind: type[Exception]) -> None:
    """A row of its own: a sentence with the error's fields, lower case, without a final period."""
    assert kind in MESSAGES
    said = message(made(kind))
    assert said.sentence
    assert "{" not in said.sentence + said.hint
    assert not said.sentence.endswith(".")
    assert not said.hint.endswith(".")
    assert said.sentence[0] == said.sentence[0].lower()


@pytest.mark.parametrize("kind", list(errors()))
def test_no_field_reaches_the_terminal_raw(kind: type[Exception]) -> None:
    """Control and bidirectional characters of whatever came from outside are shown as escapes."""
    out, err = io.StringIO(), io.StringIO()
    Console(out, err, {}).fail(made(kind, EVIL), 2)
    said = err.getvalue()
    assert said.startswith("error: ")
    assert not {"\x1b", "\u202e", "\x07"} & set(said)
    assert out.getvalue() == ""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("a", "b"), WRONG),
        (ConfigurationError("a", "b"), WRONG),
        (LockMissing("holdfast.lock"), WRONG),
        (FileProblem("a", "read", "no"), WRONG),
        (ManifestError("a", "b"), WRONG),
        (InvalidRange("a"), WRONG),
        (Undecided("because"), UNDECIDED),
        (RegistryUnavailable("pypi", "flask"), UNDECIDED),
        (OfflineMiss("pypi", "flask"), UNDECIDED),
        (CacheUnwritable("/c", "full"), UNDECIDED),
        (KeyboardInterrupt(), INTERRUPTED),
        (ValueError("a fault of ours"), UNDECIDED),
    ],
)
def test_exit_codes(error: BaseException, code: int) -> None:
    """2 = what was asked is wrong, 3 = it could not be answered, 130 = Ctrl-C."""
    assert exit_code(error) == code


def test_the_table_of_exits_is_used() -> None:
    """Each row decides the code of the class that it names."""
    for kind, code in EXITS.items():
        assert exit_code(kind.__new__(kind)) == code


@pytest.mark.parametrize(
    ("error", "sentence", "hint"),
    [
        (
            ManifestError("pyproject.toml", "valid TOML", "an unclosed array", 3, 7),
            "pyproject.toml:3:7: expected valid TOML, found an unclosed array",
            "correct the file and run the command again",
        ),
        (
            ConfigurationError("holdfast.toml", "one of highest, lowest", "best", 4, 12, "strategy", "ask for highest"),
            "holdfast.toml:4:12: strategy: expected one of highest, lowest, found best",
            "ask for highest",
        ),
        (ManifestError("pyproject.toml", "a table"), "pyproject.toml: expected a table", None),
        (OfflineMiss("pypi", "flask"), "offline, and the cache has nothing of flask", None),
        (LockMissing("holdfast.lock"), "there is no holdfast.lock here yet", "run `holdfast lock`"),
        (
            RegistryUnavailable("pypi", "flask", "https://a.example/", "no connection"),
            "pypi did not answer for flask: no connection (https://a.example/)",
            None,
        ),
    ],
)
def test_sentences(error: Exception, sentence: str, hint: str | None) -> None:
    """Parts without content are left out; an error's own hint beats the table's."""
    said = message(error)
    assert said.sentence == sentence
    if hint is not None:
        assert said.hint == hint


def test_an_error_as_json() -> None:
    """The kind, the sentence, the hint, the exit code and every field."""
    out, err = io.StringIO(), io.StringIO()
    console = Console(out, err, {})
    console.form, console.command = "json", "check"
    console.fail(LockMissing("holdfast.lock"), 2)
    assert json.loads(out.getvalue())["error"] == {
        "kind": "LockMissing",
        "message": "there is no holdfast.lock here yet",
        "hint": "run `holdfast lock`",
        "exit": 2,
        "fields": {"path": "holdfast.lock"},
    }
    assert err.getvalue() == ""


def test_an_error_as_an_annotation() -> None:
    """One line, whatever the fields hold."""
    out = io.StringIO()
    console = Console(out, io.StringIO(), {})
    console.form, console.command = "github", "check"
    console.fail(FileProblem("a\n::error::b", "read", "no"), 2)
    assert out.getvalue().startswith("::error title=holdfast check::cannot read a")
    assert out.getvalue().count("\n") == 1


def test_a_fault_of_ours_is_told_as_such() -> None:
    """An exception that no table foresees is an internal error, with its kind."""
    said = message(ZeroDivisionError("division by zero"))
    assert said.sentence == "internal error: ZeroDivisionError: division by zero"
