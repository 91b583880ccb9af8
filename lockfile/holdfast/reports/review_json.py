"""What waits for approval as JSON, for front ends of others; its schema is `docs/review.schema.json`.

Values are exact: what is not ASCII stands as a JSON escape. The order is that of the screens.
"""

from shlex import quote

from holdfast.model.changes import CLASSES
from holdfast.model.lock import Signer
from holdfast.model.review import ReleaseChange, Review, ReviewGroup, ReviewItem, SecurityItem, Support
from holdfast.reports.change_classes import values_of
from holdfast.reports.findings_json import write
from holdfast.reports.port import SCHEMA
from holdfast.reports.release_facts import facts_value


def render_json(review: Review, now: str) -> str:
    """Return one document with a final newline; `now` is RFC 3339 in UTC, for ages."""
    groups = [entry for entry in review.entries if isinstance(entry, ReviewGroup)]
    return write(
        {
            "version": SCHEMA,
            "command": "review",
            "waiting": len(review.items) + (review.security is not None),
            "groups": [
                {"alarm": one.items[0].alarm, "packages": [_item(item, now) for item in one.items]} for one in groups
            ],
            "security": _security(review.security),
        }
    )


def _item(item: ReviewItem, now: str) -> dict[str, object]:
    return {
        "source": item.source,
        "name": item.name,
        "before": list(item.before),
        "after": list(item.after),
        "severity": CLASSES[item.kinds[0]].severity,
        "classes": values_of(item.changes),
        "signers_before": [_signer(one) for one in item.signers_before],
        "signers_after": [_signer(one) for one in item.signers_after],
        "signed": item.signed,
        "familiar": item.familiar,
        "releases": [_release(one, now) for one in item.releases],
        **_support(item.support),
        "next": f"holdfast review {quote(item.name)}",
    }


def _release(one: ReleaseChange, now: str) -> dict[str, object]:
    return {
        "before": one.before.version if one.before else None,
        "after": one.after.version if one.after else None,
        "path": list(one.path),
        **facts_value(one.facts, now),
    }


def _security(item: SecurityItem | None) -> dict[str, object] | None:
    if item is None:
        return None
    return {"changes": list(item.lines), **_support(item.support), "next": "holdfast review --configuration"}


def _support(support: Support) -> dict[str, object]:
    return {
        "reason": support.reason,
        "needed": support.needed,
        "have": list(support.have),
        "role": support.role or None,
        "rejected": [{"reviewer": one.reviewer, "date": one.date, "reason": one.reason} for one in support.rejected],
    }


def _signer(signer: Signer) -> dict[str, str]:
    return {**dict(signer.attributes), "id": signer.id, "label": signer.label}
