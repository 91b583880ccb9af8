"""The forms of the graph of an audit, and their table. A form knows neither disk nor terminal."""

from __future__ import annotations

from holdfast.model.audit import Audit
from holdfast.reports.audit_port import NO_CONTEXT, Context

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Callable

FORMATS = {
    "dot": "holdfast.reports.graph_dot:render",
    "mermaid": "holdfast.reports.graph_mermaid:render",
    "graphml": "holdfast.reports.graph_xml:render",
    "json": "holdfast.reports.graph_json:render",
    "html": "holdfast.reports.html.page:render",
}


def render(form: str, audit: Audit, context: Context = NO_CONTEXT) -> str:
    """Return the graph in a form of the table (`KeyError` for any other), with a final newline.

    Names are escaped for the medium; ids of nodes are numbers, so that no name can be taken for syntax.
    """
    from importlib import import_module

    module, _, function = FORMATS[form].partition(":")
    found: Callable[[Audit, Context], str] = getattr(import_module(module), function)
    return found(audit, context)
