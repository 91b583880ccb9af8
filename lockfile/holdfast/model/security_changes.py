"""What a change of the security configuration is, in words that somebody can judge.

    approver added: bob (security), ed25519:41c0..., emails bob@acme.example
    threshold: 2 -> 1
    policy deny-permissions: no longer network:*
    rule added: for pypi:acme-*; approve version-changed; until 2027-06-30T00:00:00Z; because: our own
    trusted key removed: acme release (ed25519:77ab...) for @acme/*

Nothing that differs is without a line. Texts are as the configurations have them: whoever shows them makes them
harmless. Pure.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from holdfast.model.policy import DAY
from holdfast.model.security import ApprovalPolicy, Approver, Security, security_document

_Document: TypeAlias = Mapping[str, Any]
_AGES = ("minimum-release-age",)
_NAMES = {"minimum-age": "minimum-release-age"}  # as the configuration calls it
_KNOWN = ("sources", "indexes", "registries", "trust", "sigstore", "policy")


def security_changes(before: Security | None, after: Security) -> tuple[str, ...]:
    """Return the lines of what differs, () where nothing does; `before` is None where there was none."""
    old = before or Security("")
    if old == after:
        return ()
    olds, news = _rest(old), _rest(after)
    lines = _moved("project id", old.project, after.project)
    lines += _approvers(old.approvers, after.approvers)
    lines += _approval(old.approval, after.approval)
    policies = _table(olds.get("policy")), _table(news.get("policy"))
    lines += _policy(*policies)
    rules = _rules(policies[0].get("rules") or [], policies[1].get("rules") or [])
    lines += rules or _demands(old.approval, after.approval)
    lines += _added("ignore", *[[_ignore(_table(one)) for one in side.get("ignores") or []] for side in policies])
    lines += _sources(olds.get("sources") or [], news.get("sources") or [])
    lines += _indexes(olds.get("indexes") or [], news.get("indexes") or [])
    lines += _registries(olds.get("registries") or [], news.get("registries") or [])
    lines += _trust(olds.get("trust") or [], news.get("trust") or [])
    lines += _moved("sigstore root", _sigstore(olds.get("sigstore")), _sigstore(news.get("sigstore")))
    for key in sorted((olds.keys() | news.keys()) - set(_KNOWN)):
        lines += _moved(key, olds.get(key), news.get(key))
    if not lines and security_document(old) == security_document(after):
        return ()  # the same, written in another place or order
    return tuple(lines) or ("what this version has no words for differs",)


def _rest(security: Security) -> _Document:
    return _table(json.loads(security.rest))


def _table(value: object) -> _Document:
    return value if isinstance(value, dict) else {}


def _moved(label: str, before: object, after: object) -> list[str]:
    old, new = _said(label, before), _said(label, after)
    if before == after or (before is None and new in ("none", "0 days")):  # what is written out is what was meant
        return []
    return [f"{label}: {old} -> {new}"]


def _said(label: str, value: object) -> str:
    if value is None or value == "" or value == []:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and label.rpartition(" ")[2] in _AGES:
        return _age(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _age(seconds: int) -> str:
    """`7 days`, `36 hours`"""
    days, rest = divmod(seconds, DAY)
    return f"{seconds // 3600} hours" if rest else f"{days} day{'' if days == 1 else 's'}"


def _approvers(before: Iterable[Approver], after: Iterable[Approver]) -> list[str]:
    olds, news = {one.id: one for one in before}, {one.id: one for one in after}
    lines = [f"approver added: {_approver(one)}" for one in after if one.id not in olds]
    lines += [f"approver removed: {_approver(one)}" for one in before if one.id not in news]
    for one in after:
        old = olds.get(one.id)
        if old is not None:
            pairs = zip(old._fields, old, one)
            changed = [(field, was, now) for field, was, now in pairs if field not in ("line", "key") and was != now]
            for field, was, now in changed:
                lines += _moved(f"approver {one.name}: {field.replace('_', '-')}", _listed(was), _listed(now))
    return lines


def _approver(one: Approver) -> str:
    more = [one.id, *([f"emails {', '.join(sorted(one.emails))}"] if one.emails else [])]
    more += [f"revoked {one.revoked} ({one.cause})"] if one.revoked else []
    return ", ".join([f"{one.name} ({one.role})" if one.role else one.name, *more])


def _listed(value: object) -> object:
    return sorted(value) if isinstance(value, tuple) else value


def _approval(before: ApprovalPolicy, after: ApprovalPolicy) -> list[str]:
    lines: list[str] = []
    for field in ("enforce", "threshold", "role", "independent"):
        lines += _moved(field, getattr(before, field), getattr(after, field))
    return lines


def _demands(before: ApprovalPolicy, after: ApprovalPolicy) -> list[str]:
    """What is asked of some packages, where the rules themselves are not recorded or are the same."""
    lines = [
        *_added("demand", [_demand(one) for one in before.demands], [_demand(one) for one in after.demands]),
        *_added("allowance", [_demand(one) for one in before.allowances], [_demand(one) for one in after.allowances]),
    ]
    if not lines and before[4:] != after[4:]:
        lines.append("the order of the rules")
    return lines


def _demand(one: Any) -> str:
    said = {key: value for key, value in one._asdict().items() if value is not False}
    return _rule({key.replace("_", "-"): _listed(value) for key, value in said.items()})


def _policy(before: _Document, after: _Document) -> list[str]:
    lines: list[str] = []
    for key in sorted((before.keys() | after.keys()) - {"rules", "ignores"}):
        old, new = before.get(key), after.get(key)
        if isinstance(old, list) and isinstance(new, list) and old and new:
            lines += [f"policy {key}: now also {_said('', one)}" for one in new if one not in old]
            lines += [f"policy {key}: no longer {_said('', one)}" for one in old if one not in new]
        else:
            lines += _moved(f"policy {key}", old, new)
    return lines


def _rules(before: list[Any], after: list[Any]) -> list[str]:
    olds, news = [_rule(_table(one)) for one in before], [_rule(_table(one)) for one in after]
    return _added("rule", olds, news) or (["the order of the rules"] if olds != news else [])


def _added(label: str, olds: list[str], news: list[str]) -> list[str]:
    lines = [f"{label} added: {one}" for one in news if news.count(one) > olds.count(one)]
    return lines + [f"{label} removed: {one}" for one in olds if olds.count(one) > news.count(one)]


def _rule(rule: _Document) -> str:
    """`for pypi:acme-*; approve version-changed; until 2027-06-30T00:00:00Z; because: our own`"""
    said = {_NAMES.get(key, key): value for key, value in rule.items()}
    keys = sorted([key for key in said if key not in ("packages", "reason", "until") and said[key] is not None])
    words = [f"for {_said('', rule.get('packages'))}", *[f"{key} {_said(key, said[key])}" for key in keys]]
    if rule.get("until"):
        words.append(f"until {rule['until']}")
    if rule.get("reason"):
        words.append(f"because: {rule['reason']}")
    return "; ".join(words)


def _ignore(ignore: _Document) -> str:
    """`GHSA-462w-v97r-4m45 for pypi:jinja2; until 2027-06-30T00:00:00Z; until fixed; because: no template of ours`"""
    packages = ignore.get("packages")
    words = [f"{ignore.get('advisory')} for {_said('', packages)}" if packages else f"{ignore.get('advisory')}"]
    words += [f"until {ignore['until']}"] if ignore.get("until") else []
    words += ["until fixed"] if ignore.get("until-fixed") else []
    return "; ".join([*words, f"because: {ignore.get('reason')}"])


def _sources(before: list[Any], after: list[Any]) -> list[str]:
    olds, news = ({str(one.get("name")): one for one in map(_table, side)} for side in (before, after))
    lines = [f"source {name} added: {_source(one)}" for name, one in news.items() if name not in olds]
    lines += [f"source {name} removed: {_source(one)}" for name, one in olds.items() if name not in news]
    for name in sorted(news.keys() & olds.keys()):
        lines += _moved(f"source {name}", _source(olds[name]), _source(news[name]))
    return lines


def _source(one: _Document) -> str:
    packages = one.get("packages")
    kind, identity = one.get("kind"), one.get("identity")
    said = str(identity) if kind == identity else f"{kind} {identity}"
    return f"{said} for {_said('', packages)}" if packages else said


def _indexes(before: list[Any], after: list[Any]) -> list[str]:
    """What the project's own files say to uv; the first default is the main index where no source is."""
    olds, news = ([_index(_table(one)) for one in side] for side in (before, after))
    return _added("index", olds, news) or (["the order of the indexes"] if olds != news else [])


def _registries(before: list[Any], after: list[Any]) -> list[str]:
    """What the project's own `.npmrc` says of where packages come from, and who is told credentials."""
    olds, news = ([_index(_table(one)) for one in side] for side in (before, after))
    return _added(".npmrc", olds, news) or (["what .npmrc says"] if before != after else [])


def _index(one: _Document) -> str:
    """`default https://packages.example/simple/ (internal)`"""
    said = " ".join([str(one.get(key)) for key in ("kind", "place") if one.get(key)])
    return f"{said} ({one['name']})" if one.get("name") else said


def _trust(before: list[Any], after: list[Any]) -> list[str]:
    olds, news = ([_trusted(one) for one in side] for side in (before, after))
    return [
        *[f"trusted key added: {one}" for one in news if one not in olds],
        *[f"trusted key removed: {one}" for one in olds if one not in news],
    ]


def _trusted(one: Any) -> str:
    """An entry is [id, names, label, until, revoked, reason]."""
    if not isinstance(one, list) or len(one) != 6:
        return json.dumps(one, ensure_ascii=False)
    id_, names, label, until, revoked, reason = one
    said = f"{label} ({id_})" if label else str(id_)
    said += f" for {_said('', names)}"
    said += f", until {until}" if until else ""
    return said + (f", revoked {revoked}{f' ({reason})' if reason else ''}" if revoked else "")


def _sigstore(value: object) -> object:
    one = _table(value)
    return (
        f"{one.get('root')} for {_said('', one.get('sources')) if one.get('sources') else 'all sources'}"
        if one
        else None
    )
