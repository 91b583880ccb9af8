"""What a module does and does not declare: its permissions against what its files show.

    permissions ("network:api.acme.example",), found "address" of collect.example    -> that evidence

Knows kinds of permissions and evidence; never whether anybody grants them.
"""

from collections.abc import Sequence

from holdfast.model.scan import Evidence

# A capability: the kinds of permission that declare it. Any one is enough, but that a host must be named.
_DECLARED_BY = {
    "subprocess": ("program",),
    "network": ("network",),
    "filesystem-write": ("filesystem-write",),
    "environment": ("environment",),
    "credentials": ("filesystem-read", "environment"),
    "deferred-dependency": ("program", "network"),
    "install-script": ("program",),
}
_ADDRESS = "text-address"


def undeclared(permissions: Sequence[str], evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Return the evidence, in its order, of what no permission ("kind:value") declares.

    What is done with one host is not declared by another; where the host is not known, any network permission counts.
    """
    kinds = {one.partition(":")[0] for one in permissions}
    hosts = [one.removeprefix("network:") for one in permissions if one.startswith("network:")]
    return tuple(one for one in evidence if _is_undeclared(one, kinds, hosts))


def _is_undeclared(one: Evidence, kinds: set[str], hosts: Sequence[str]) -> bool:
    declared_by = _DECLARED_BY.get(one.capability)
    if declared_by is None:
        return False
    if one.rule == _ADDRESS:
        return not any(_is_host(host, one.found) for host in hosts)
    return not kinds.intersection(declared_by)


def _is_host(declared: str, found: str) -> bool:
    name, _, port = declared.partition(":")
    host, _, asked = found.partition(":")
    if port and port != (asked or "443"):
        return False
    return host == name or (name.startswith("*.") and host.endswith(name[1:]))
