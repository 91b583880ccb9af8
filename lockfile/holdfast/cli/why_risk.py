"""`why --capability C` and `why --signer S`: answers of an audit, from what this machine has. Asks nobody."""

from collections.abc import Mapping

from holdfast.cli.auditing import make_audit
from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN
from holdfast.cli.words import Arguments, nearest
from holdfast.errors import UsageError
from holdfast.model.scan import CAPABILITIES
from holdfast.reports.audit_why import capability_json, capability_text, signer_json, signer_text


def why_risk(flag: str, arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Answer for a flag, "capability" or "signer". Raises `UsageError` for a capability that there is not."""
    wanted = arguments.text(flag)
    if flag == "capability" and wanted not in CAPABILITIES:
        hint = nearest(wanted, CAPABILITIES) or ""
        raise UsageError("one of " + ", ".join(CAPABILITIES), wanted, hint)
    made = make_audit(arguments, environment, console, is_offline=True)
    audit = made.audited.audit
    if console.form == "json":
        console.result(capability_json(audit, wanted) if flag == "capability" else signer_json(audit, wanted))
        return CLEAN
    text = capability_text(audit, wanted) if flag == "capability" else signer_text(audit, wanted)
    if text:
        console.result(text)
    elif flag == "capability":
        console.line(f"{wanted} reaches the project through nothing that was looked at")
    else:
        console.line(f"no signer of the lock is called {wanted}")
    for line in audit.asked if flag == "capability" else ():
        if line.startswith("the code"):
            console.note(f"not asked: {line}")
    return CLEAN
