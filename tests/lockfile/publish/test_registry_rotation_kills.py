"""A rotation killed between its steps leaves a registry that everybody reads, and that the next one finishes."""

import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from holdfast.publish.registry import folder as folder_module
from holdfast.trust.registry_client import RegistryView
from holdfast.trust.registry_state import StateFloor
from tests.support.module_registry import NOW, ModuleRegistry, make_registry

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked and killed")


def seen(registry: ModuleRegistry, store: Path) -> tuple[int, StateFloor]:
    """What a client reads: how many releases of @acme/base, and the state."""
    view = RegistryView.open("acme", registry.root, registry.root_digest, store=str(store), get=registry.get, now=NOW)
    document = view.index_documents(["@acme/base"])["@acme/base"] or b""
    state = view.state()
    view.close()
    return document.count(b'"published"'), state


def rotate_killed(registry: ModuleRegistry, effect: int) -> int:
    """Rotate in a process that dies before its effect of this number; return its exit code."""
    number = os.fork()
    if not number:
        left = [effect]

        def step(name: str) -> None:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

        folder_module.step = step
        try:
            registry.rotate("online")
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def test_a_rotation_killed_at_its_boundaries(tmp_path: Path) -> None:
    """The client that knows the old state and a new one read the same; asked for again, the rotation is finished."""
    first = make_registry(tmp_path / "first", acme=("@acme/*",))
    first.publish("@acme/base", "1.0.0")
    seen(first, tmp_path / "old")
    counted: list[str] = []
    before = folder_module.step
    folder_module.step = counted.append
    try:
        _copy(first, tmp_path / "counted").rotate("online")
    finally:
        folder_module.step = before
    total = len(counted)
    for effect in (4, 6, 700, *range(total - 10, total, 3)):
        registry = _copy(first, tmp_path / str(effect))
        assert rotate_killed(registry, effect) == -signal.SIGKILL
        known = tmp_path / f"old-{effect}"
        shutil.copytree(tmp_path / "old", known)
        assert seen(registry, known) == seen(registry, tmp_path / f"new-{effect}"), effect
        registry.rotate("online")
        assert len(registry.state.root.signed.roles["timestamp"].keyids) == 1
        assert seen(registry, known)[0] == 1, effect


def _copy(registry: ModuleRegistry, path: Path) -> ModuleRegistry:
    keys = path.with_name(path.name + ".keys")
    shutil.copytree(registry.path, path)
    shutil.copytree(registry.keys_path, keys)
    return ModuleRegistry(path, keys)
