"""`verify --installed`: the unpacked modules against the lock, offline."""

from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN, FOUND
from holdfast.cli.project import open_project
from holdfast.cli.sizes import count
from holdfast.cli.words import Arguments
from holdfast.errors import UsageError
from holdfast.findings.finding import fails
from holdfast.installed.layout import MODULES, installed_names
from holdfast.installed.look import AS_LOCKED, MODIFIED, look_at_all
from holdfast.reports.port import Summary
from holdfast.workflows.module_pins import module_pins
from holdfast.workflows.names import refuse_unlocked
from holdfast.workflows.previous import read_lock
from holdfast.workflows.verify_installed import Unlike, installed_findings


def verify_installed(arguments: Arguments, console: Console) -> int:
    """Compare every file of the named modules, or of all, with what is locked."""
    if arguments.switch("refresh"):
        raise UsageError("one of --installed and --refresh", "both")
    project = open_project(arguments)
    lock = read_lock(project)
    names = frozenset(arguments.texts_of("names"))
    pins = module_pins(lock)
    refuse_unlocked(names, {pin.name for pin, _ in pins})
    chosen = [(pin, facts) for pin, facts in pins if not names or pin.name in names]
    generation, looks = look_at_all(project.folder, [(pin.name, facts.tree) for pin, facts in chosen])
    unlike = {
        name: Unlike(look.words, look.standing == MODIFIED)
        for name, look in looks.items()
        if look.standing != AS_LOCKED
    }
    found = frozenset() if names or not generation else installed_names(generation)
    strangers = sorted(found - {pin.name for pin, _ in pins})
    findings = installed_findings([pin for pin, _ in chosen], unlike, strangers)
    whole = len(chosen) - len(unlike)
    sentence = f"verified {count(whole, 'module')} in {MODULES}/ against the lock"
    summary = Summary("verify", sentence, (("modules", whole), ("unlike", len(unlike) + len(strangers))))
    if findings or not console.quiet or console.form != "text":
        console.report(findings, summary, project)
    return FOUND if any(fails(finding) for finding in findings) else CLEAN
