"""Attacks as rows of a table: what is altered, which commands meet it, what each must say, and that nothing changes.

Attack("an altered index document", "registry-tampered", alter_index, ("lock", "install"), ("@acme/guards",))
"""

from collections.abc import Callable
from typing import NamedTuple

from tests.support.module_project import ModuleProject, Said

ALL = ("lock", "install", "verify")
# A revocation counts at once for what is installed, though nothing else of a refused install is kept.
RENEWING = ("signer-revoked", "release-revoked")
LISTS = ".holdfast/modules/.revocations/"


class Attack(NamedTuple):
    """`code` is that of the failing findings; or, where it is "", `error` is the class of an error with `exit`.

    Each of `says` must be in what is told. `heals`: with an honest server and nothing else done, all works again.
    """

    title: str
    code: str
    attack: Callable[[ModuleProject], object]
    commands: tuple[str, ...] = ALL
    says: tuple[str, ...] = ()
    error: str = ""
    exit: int = 3
    heals: bool = False


def assert_stopped(world: ModuleProject, case: Attack) -> None:
    """Attack, run each command, and assert that it is stopped as told and that nothing in the project changed."""
    case.attack(world)
    before = world.files()
    for command in case.commands:
        words = command.split(" ")
        done = world.told(*words)
        assert_told(done, case)
        text = world.run(*words) if command == case.commands[0] else done
        assert text.code == done.code, text
        said = text.out + text.err
        assert all(word in said for word in case.says), said
        assert "internal error" not in said
        if case.code in RENEWING:
            before |= {path: kept for path, kept in world.files().items() if path.startswith(LISTS)}
        assert_same(world.files(), before)
    if case.heals:
        world.server.honest()
        for command in case.commands:
            world.must(*command.split(" "))


def assert_told(done: Said, case: Attack) -> None:
    """Assert that a run ended in just this finding, or this error: where, what was expected, what was found, a hint."""
    if not case.code:
        assert done.code == case.exit, done
        if "error" not in done.json:  # `verify` says of each file that it could not be checked
            assert set(done.codes) == {"artifact-unchecked"}, done.out
            return
        error = done.json["error"]
        assert error["kind"] == case.error, done.out
        assert error["message"]
        assert error["hint"]
        return
    assert done.code == 1, done
    failing = [one for one in done.findings if one["severity"] in ("error", "alarm")]
    assert {one["code"] for one in failing} == {case.code}, done.out
    for one in failing:
        assert one["subject"]
        assert one["expected"]
        assert one["found"]
        assert one["hints"], one


def assert_same(after: dict[str, tuple[int, bytes]], before: dict[str, tuple[int, bytes]]) -> None:
    """Assert that a project is as it was; says which paths are not."""
    assert after == before, sorted(path for path in after.keys() | before.keys() if after.get(path) != before.get(path))
