"""Errors as documents, for those who asked for JSON, SARIF or GitHub annotations.

Knows the shape of each document; the words come from `messages`.
"""

from holdfast.cli.messages import Message, fields_of
from holdfast.reports.plain import plain
from holdfast.reports.port import SCHEMA


def document(form: str, command: str, error: BaseException, said: Message, code: int) -> str:
    """Return an error in a format of machines, with a final newline."""
    if form == "github":
        from holdfast.reports.findings_github import annotation

        lines = [said.sentence, *([f"hint: {said.hint}"] if said.hint else [])]
        message = "\n".join([plain(line) for line in lines])
        return annotation("error", [("title", f"holdfast {command}".rstrip())], message) + "\n"
    from holdfast.reports.findings_json import write

    if form == "sarif":
        return sarif(command, said.sentence + (f" (hint: {said.hint})" if said.hint else ""), code)
    return write(
        {
            "version": SCHEMA,
            "command": command,
            "error": {
                "kind": type(error).__name__,
                "message": said.sentence,
                "hint": said.hint,
                "exit": code,
                "fields": {key: _value(value) for key, value in fields_of(error).items()},
            },
        }
    )


def _value(value: object) -> object:
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_value(item) for item in value]
    return str(value)


def sarif(command: str, text: str, code: int) -> str:
    """Return the log of a run that could not be done (SARIF 2.1.0, 3.20 "invocation object"), with a final newline."""
    from holdfast.reports.findings_json import write

    notification = {"level": "error", "message": {"text": plain(text)}}
    invocation = {"executionSuccessful": False, "exitCode": code, "toolExecutionNotifications": [notification]}
    run = {
        "tool": {"driver": {"name": "holdfast"}},
        "automationDetails": {"id": f"holdfast/{command}/"},
        "invocations": [invocation],
        "results": [],
    }
    return write({"version": "2.1.0", "runs": [run]})
