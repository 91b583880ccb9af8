"""`tree`, `why` and `graph`: the graph of the lock, and the paths that lead to a package. Offline."""

from collections.abc import Mapping

from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN
from holdfast.cli.members import member_of
from holdfast.cli.project import ProjectFolder, open_project
from holdfast.cli.words import Arguments
from holdfast.errors import UsageError
from holdfast.model.graph import LockGraph
from holdfast.model.standing import Standing
from holdfast.workflows.graph import locked_graph, locked_names


def tree(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Show what requires what, from the manifest or from the named packages."""
    from holdfast.reports.standings import closing, in_json, in_words
    from holdfast.reports.tree import BRANCHES, in_ascii, render_json, render_text, shown_pins

    depth = _depth(arguments)
    invert = arguments.switch("invert")
    project = open_project(arguments)
    graph = locked_graph(project, arguments.texts_of("names"), member_of(project))
    names = locked_names(graph, arguments.texts_of("names"))
    standings = _standings(project, graph) if arguments.switch("signers") else {}
    if console.form == "json":
        more = in_json(graph, standings)
        console.result(render_json(graph, names=names, invert=invert, depth=depth, more=more))
        return CLEAN
    notes = in_words(graph, standings)
    text = render_text(graph, names=names, invert=invert, depth=depth, notes=notes)
    if standings:
        text += closing(graph, standings, shown_pins(graph, names=names, invert=invert, depth=depth))
    console.result(text if console.draws(BRANCHES) else in_ascii(text))
    if not text:
        what = f"no wish leads to {', '.join(names)}" if names else "the lock has no packages"
        console.note(f"nothing to show: {what}; `holdfast check` says whether that is right")
    return CLEAN


def why(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Show the paths that lead to a package; with a flag, to a capability, or what a signer holds."""
    named, flags = arguments.text("name"), [one for one in ("capability", "signer") if arguments.text(one)]
    if len(flags) + bool(named) != 1:
        what = "nothing" if not flags and not named else "several"
        raise UsageError("one of NAME, --capability C and --signer S", what, "see `holdfast why --help`")
    if flags:
        from holdfast.cli.why_risk import why_risk  # start-up: an audit is made for these

        return why_risk(flags[0], arguments, environment, console)
    from holdfast.reports.why import render_json, render_text

    project = open_project(arguments)
    graph = locked_graph(project, (arguments.text("name"),), member_of(project))
    (name,) = locked_names(graph, (arguments.text("name"),))
    console.result(render_json(graph, name) if console.form == "json" else render_text(graph, name))
    return CLEAN


def graph(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Write the graph with what this machine knows of its risk. Asks nobody."""
    # start-up: `tree` and `why` need none of it
    from holdfast.cli.auditing import make_audit
    from holdfast.cli.outputs import deliver
    from holdfast.reports.graph_port import render

    if not arguments.text("format"):
        raise UsageError("--format dot, mermaid, graphml, json or html", "none")
    made = make_audit(arguments, environment, console, is_offline=True)
    context = made.context._replace(command="graph")
    deliver(render(arguments.text("format"), made.audited.audit, context), arguments, made, console)
    return CLEAN


def _standings(project: ProjectFolder, graph: LockGraph) -> dict[int, Standing]:
    # start-up: only with --signers
    import time

    from holdfast.configuration.read import read_configuration
    from holdfast.workflows.signed_graph import standings

    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return standings(graph, read_configuration(project.read), now)


def _depth(arguments: Arguments) -> int | None:
    text = arguments.text("depth")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise UsageError("a whole number, 0 or more, after --depth", text)
    return int(text)
