"""What a reviewer is shown, made of two small locks: one package of every kind of change, hostile texts among them."""

from holdfast.model.changes import classify
from holdfast.model.lock import Lock, Pin, Signer
from holdfast.model.pin_digest import approved_pins
from holdfast.model.release_facts import CodeDelta, Released, ReleaseFacts, changed_files
from holdfast.model.review import (
    Rejected,
    ReleaseChange,
    Review,
    ReviewItem,
    SecurityItem,
    Support,
    arrange,
    signed_by_all,
)
from holdfast.model.source_change import Size
from tests.support.approvals import GITHUB, NOW, OTHER_GITHUB, make_lock, make_pin

__all__ = ["NOW", "item", "items", "review_world"]
ACME = "github:4711/.github/workflows/release.yml"
RECORDS = (
    Signer(GITHUB, "pallets/click", (("context", "ref=tag trigger=release"), ("owner-id", "16748505"))),
    Signer(OTHER_GITHUB, "pallets/click", (("context", "ref=branch:main trigger=push"), ("owner-id", "777"))),
    Signer(ACME, "acme/tools", (("owner-id", "31"),)),
)
BEFORE = (
    make_pin("click", "8.1.7", signers=[GITHUB]),
    make_pin("flask", "3.0.2"),
    make_pin("gone", "1.0"),
    make_pin("swapped", "1.0"),
    *[make_pin(f"acme-{name}", "1.4.0", signers=[ACME]) for name in ("core", "network-utilities", "web")],
)
AFTER = (
    make_pin("click", "8.1.8", signers=[OTHER_GITHUB], files=["click-8.1.8-py3-none-any.whl", "click-8.1.8.tar.gz"]),
    make_pin("flask", "3.0.3"),
    make_pin("left", "0.1.0", source="internal"),
    make_pin("swapped", "1.0", content="other"),
    *[make_pin(f"acme-{name}", "1.5.0", signers=[ACME]) for name in ("core", "network-utilities", "web")],
)
SUPPORT = Support("nobody approved it", 1, (), "")
REJECTED = Support(
    "rejected by bob: \u202eevil",
    2,
    ("carol",),
    "security",
    (Rejected("bob", "2026-11-01T00:00:00Z", "another workflow \x1b[31mred\x1b[0m\n[bold]::error::"),),
)
SECURITY = SecurityItem(
    ("approver added: mallory\u202e (security), ed25519:" + "3" * 64, "threshold: 2 -> 1"),
    Support("1 of 2 approvers", 2, ("alice",), ""),
)


def item(
    name: str,
    before: Lock,
    after: Lock,
    *,
    source: str = "pypi",
    support: Support = SUPPORT,
    familiar: bool = True,
    path: tuple[str, ...] = ("pyproject.toml", "jupyterlab 4.2.5", "jupyter-server 2.14.2"),
) -> ReviewItem:
    """The change of one package between two locks."""
    olds, news = (approved_pins(lock).get((source, name), ()) for lock in (before, after))
    changes = tuple([one for one in classify(before, after) if one.name == name and one.needs_approval])
    pairs = dict.fromkeys([(one.before, one.after) for one in changes])
    return ReviewItem(
        source,
        name,
        tuple([one.pin.version for one in olds]),
        tuple([one.pin.version for one in news]),
        changes,
        tuple(sorted({record for one in olds for record in one.records})),
        tuple(sorted({record for one in news for record in one.records})),
        tuple([_release(old, new, path) for old, new in pairs]),
        support,
        signed_by_all(tuple([one.pin for one in news or olds])),
        familiar,
    )


# Of a change, of a package without a release before, of a part of a group; all others were not looked at.
UNSEEN = CodeDelta(None, (), 2)
CODE = {
    "click": CodeDelta(("gains network: click/_report.py:41 via socket.create_connection",)),
    "flask": CodeDelta((), ("cannot be read: flask/old.py: Python 2 source",)),
    "left": CodeDelta(None, ("left-1.0.tar.gz: the index answers 404",)),
    "acme-core": CodeDelta(("gains subprocess: acme/run.py:7 via subprocess.run",)),
    "acme-web": CodeDelta(()),
}


def _release(old: Pin | None, new: Pin | None, path: tuple[str, ...]) -> ReleaseChange:
    if new is None:
        return ReleaseChange(old, None)
    released = Released("2026-11-03T10:00:00Z", "2026-11-20T10:00:00Z" if new.name == "click" else "")
    size = Size(new.artifacts[0].file, 1, 0, 3, 12, 3) if old is not None and new.name != "swapped" else None
    path = (*path, f"{new.name} {new.version}")
    return ReleaseChange(
        old, new, path, ReleaseFacts(released, *changed_files(old, new), size, CODE.get(new.name, UNSEEN))
    )


def items() -> tuple[ReviewItem, ...]:
    """Everything that waits in the small world."""
    before, after = make_lock(*BEFORE, signers=RECORDS), make_lock(*AFTER, signers=RECORDS)
    names = ("acme-core", "acme-network-utilities", "acme-web", "click", "flask", "gone", "swapped")
    return (
        *[
            item(
                name,
                before,
                after,
                support=REJECTED if name == "click" else SUPPORT,
                familiar=name != "click",
            )
            for name in names
        ],
        item("left", before, after, source="internal"),
    )


def review_world() -> Review:
    """The small world, arranged."""
    return arrange(items(), SECURITY)
