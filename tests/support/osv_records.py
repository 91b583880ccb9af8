"""OSV records and locks to judge by them, in one line each.

affecting("GHSA-1", python("jinja2"), "ECOSYSTEM", "introduced 0", "fixed 2.10.1")
locked(pin("jinja2", "2.10"), needs=["jinja2"])
"""

import json
from typing import Any

from holdfast.advisories.osv import read_record
from holdfast.advisories.values import Advisory
from holdfast.model.lock import Input, Lock, ModuleFacts, NpmFacts, Pin, Scope
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.targets import parse_target

TARGET = parse_target("cp312 linux-x86_64 glibc-2.28")


def python(name: str) -> dict[str, str]:
    """A package of PyPI."""
    return {"ecosystem": "PyPI", "name": name}


def npm(name: str) -> dict[str, str]:
    """A package of npm."""
    return {"ecosystem": "npm", "name": name}


def events(*said: str) -> list[dict[str, str]]:
    """`"introduced 0", "fixed 1.2"` as events."""
    return [{kind: version} for kind, version in (one.split(" ") for one in said)]


def row(package: dict[str, str], kind: str = "ECOSYSTEM", *said: str, **more: Any) -> dict[str, Any]:
    """A row of `affected` with one range, or with none where no events are given."""
    ranges = [{"type": kind, "events": events(*said)}] if said else []
    return {"package": package, **({"ranges": ranges} if ranges else {}), **more}


def record(identifier: str, *affected: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A whole record."""
    return {
        "schema_version": "1.7.0",
        "id": identifier,
        "modified": "2026-01-02T03:04:05Z",
        "published": "2026-01-01T00:00:00Z",
        "summary": f"what {identifier} says",
        "affected": list(affected),
        **more,
    }


def affecting(identifier: str, package: dict[str, str], kind: str, *said: str, **more: Any) -> dict[str, Any]:
    """A whole record about one package with one range."""
    return record(identifier, row(package, kind, *said), **more)


def read(*records: dict[str, Any], registry: str = "") -> tuple[Advisory, ...]:
    """The records as values."""
    return tuple(read_record(json.dumps(one).encode(), registry) for one in records)


def pin(name: str, version: str, *needs: str, source: str = "pypi") -> Pin:
    """A pin; of npm where its source is "npm", a module where its name begins with "@" and its source is not npm."""
    edges = tuple((Requirement(source, one), "") for one in needs)
    facts = NpmFacts() if source == "npm" else None
    module = ModuleFacts(f"sha256:{64 * '0'}") if name.startswith("@") and source != "npm" else None
    return Pin(source, name, version, dependencies=edges, npm=facts, module=module)


def locked(*pins: Pin, needs: tuple[str, ...] = ()) -> Lock:
    """A lock of these pins, for a project that wishes for `needs` (of Python)."""
    wishes = Input("pyproject.toml", "project", "", tuple(Requirement("pypi", one) for one in needs))
    ordered = tuple(sorted(pins, key=lambda one: (one.source, one.name, one.version)))
    return Lock(Scope(">=3.12", "highest", "if-necessary", (TARGET,)), (wishes,), ordered)
