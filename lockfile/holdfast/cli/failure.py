"""Errors as documents, for those who asked for JSON, SARIF or GitHub annotations.

Knows the shape of each document; the words come from `messages`.
"""

from holdfast.cli.messages import Message, fields_of
from holdfast.reports.plain import plain
from holdfast.reports.port import SCHEMA


def document(form: str, command: str, error: BaseException, said: Message, code: int) -> str:
    """Return an error in a format of machines, with a final newline."""
    if form == "github":
        text = said.sentence + (f"%0Ahint: {said.hint}" if said.hint else "")
        return f"::error title=holdfast {command}::{plain(text)}\n"
    from holdfast.reports.findings_json import write

    if form == "sarif":
        return write(_sarif(command, said, code))
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


def _sarif(command: str, said: Message, code: int) -> dict[str, object]:
    """A run that could not be done (SARIF 2.1.0, 3.20 "invocation object")."""
    text = said.sentence + (f" (hint: {said.hint})" if said.hint else "")
    return {
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "holdfast"}},
                "automationDetails": {"id": f"holdfast/{command}/"},
                "invocations": [
                    {
                        "executionSuccessful": False,
                        "exitCode": code,
                        "toolExecutionNotifications": [{"level": "error", "message": {"text": plain(text)}}],
                    }
                ],
                "results": [],
            }
        ],
    }
