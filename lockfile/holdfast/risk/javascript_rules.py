"""What JavaScript and TypeScript code can do: one row for each rule of `javascript_code.py`.

A pattern names a value of the platform by its dotted path, however the program calls it:

    "child_process.exec"     it, or anything below it, is called, constructed or passed on
    "=process.env"           it is passed on as a whole; its members are not meant
    "fs.?"                   a member of it whose name is computed
    "eval()"                 it is called; "x(text)" with text, "x(computed)" with anything else than text
    "import child_process"   it is imported, and no use of it is seen
    "package bindings"       a package of this name is imported; "file .node" a path that ends so
    "env credential"         an environment variable whose name is one of a credential
    "program npx"            a program of this name is given to a process
    "~name"                  a check by that name in `javascript_marks.py`
"""

from holdfast.risk.rules import Rule
from holdfast.risk.words import words

_WRITES = [
    "writeFile",
    "appendFile",
    "createWriteStream",
    "write",
    "writev",
    "rename",
    "unlink",
    "rm",
    "rmdir",
    "mkdir",
    "mkdtemp",
    "copyFile",
    "cp",
    "symlink",
    "link",
    "chmod",
    "lchmod",
    "fchmod",
    "chown",
    "lchown",
    "fchown",
    "truncate",
    "ftruncate",
    "utimes",
    "futimes",
    "lutimes",
]
_FILE_PATHS = tuple(f"{room}.{name}{end}" for room in ("fs", "fs.promises") for name in _WRITES for end in ("", "Sync"))
NETWORK = (
    *(f"{one}.{name}" for one in ("http", "https") for name in ("request", "get", "createServer", "Server")),
    *("http2.connect", "http2.createServer", "http2.createSecureServer", "dgram.createSocket", "dgram.Socket"),
    *("net.connect", "net.createConnection", "net.createServer", "net.Socket", "net.Server"),
    *("tls.connect", "tls.createServer", "tls.TLSSocket", "dns.lookup", "dns.promises.lookup", "dns.Resolver"),
    *("dns.resolve", "dns.resolve4", "dns.resolve6", "dns.resolveTxt", "dns.promises.resolve", "dns.reverse"),
    *("fetch", "XMLHttpRequest", "WebSocket", "EventSource", "WebTransport", "RTCPeerConnection"),
    *("navigator.sendBeacon", "Deno.connect", "Deno.listen", "Deno.serve", "Bun.connect", "Bun.serve", "Bun.listen"),
    *(f"{sign}{name}{end}" for name in ("http", "https", "http2", "net", "tls", "dgram") for sign, end in (("=", ""),)),
    *(f"{name}.?" for name in ("http", "https", "http2", "net", "tls", "dgram")),
)
# Packages that send what they are given.
CLIENTS = frozenset(
    words(
        "axios got node-fetch cross-fetch isomorphic-fetch undici superagent needle request request-promise phin ky "
        "bent ws centra make-fetch-happen socket.io-client nodemailer"
    )
)


def _rule(
    name: str, capability: str, severity: str, matches: tuple[str, ...], yes: str, no: str, file: str = ""
) -> Rule:
    return Rule(f"javascript-{name}", capability, severity, "javascript", matches, "", yes, no, file)


RULES = (
    _rule(
        "subprocess",
        "subprocess",
        "medium",
        (
            "child_process",
            "import child_process",
            "cluster.fork",
            "process.execve",
            "Deno.run",
            "Deno.Command",
            "Bun.spawn",
            "Bun.spawnSync",
        ),
        "const {exec: run} = require('child_process'); run('ls')",
        "// require('child_process').exec\nconst pattern = /a/; pattern.exec('a')",
    ),
    _rule(
        "network",
        "network",
        "low",
        NETWORK,
        "import * as web from 'node:https'; web.get(url)",
        "const {STATUS_CODES} = require('http'); if (typeof fetch === 'function') module.exports = STATUS_CODES",
    ),
    _rule(
        "file-write",
        "filesystem-write",
        "low",
        _FILE_PATHS,
        "import {promises as fs} from 'fs'; export const save = (x) => fs.writeFile('a', x)",
        "import fs from 'fs'; fs.readFileSync('a'); stream.write('x')",
    ),
    _rule(
        "file-access",
        "filesystem-write",
        "low",
        ("=fs", "fs.?", "=fs.promises", "fs.promises.?"),
        "const fs = require('fs'); fs[name]('a')",
        "const fs = require('fs'); fs['readFile']('a', done)",
    ),
    _rule(
        "eval",
        "dynamic-code",
        "medium",
        ("eval()",),
        "const run = eval; (0, run)(text)",
        "parser.eval(text); function f(eval) { return eval(1) }",
    ),
    _rule(
        "function-from-text",
        "dynamic-code",
        "medium",
        ("Function(code)",),
        "const f = new Function('a', body)",
        "const root = Function('return this')(); x instanceof Function",
    ),
    _rule(
        "constructor-of-functions",
        "dynamic-code",
        "medium",
        ("~constructor-chain",),
        "[].constructor.constructor('return process')()",
        "this.constructor.call(this)",
    ),
    _rule(
        "virtual-machine",
        "dynamic-code",
        "medium",
        (
            *("vm.runInThisContext", "vm.runInNewContext", "vm.runInContext", "vm.Script", "vm.compileFunction"),
            *("vm.SourceTextModule", "vm.?", "=vm"),
        ),
        "import {Script} from 'vm'; new Script(text).runInThisContext()",
        "const vm = require('vm'); vm.isContext(x)",
    ),
    _rule(
        "timer-with-text",
        "dynamic-code",
        "medium",
        ("setTimeout(text)", "setInterval(text)"),
        "setTimeout('run()', 10)",
        "setTimeout(() => run('x'), 10)",
    ),
    _rule(
        "worker-from-text",
        "dynamic-code",
        "medium",
        ("~worker-from-text", "importScripts(computed)"),
        "const {Worker} = require('worker_threads'); new Worker(text, {eval: true})",
        "const {Worker} = require('worker_threads'); new Worker('./worker.js')",
    ),
    _rule(
        "data-import",
        "dynamic-code",
        "high",
        ("file data:",),
        "await import('data:text/javascript,run()')",
        "const image = 'data:image/png;base64,AAAA'",
    ),
    _rule(
        "computed-import",
        "dynamic-code",
        "low",
        ("require(computed)", "import(computed)", "module.register"),
        "const plugin = require(name)",
        "const plugin = require('./' + 'plugin')",
    ),
    _rule(
        "deserialise",
        "deserialisation",
        "low",
        ("v8.deserialize", "v8.Deserializer", "package node-serialize", "package serialize-to-js"),
        "const {deserialize} = require('v8'); deserialize(bytes)",
        "JSON.parse(text)",
    ),
    _rule(
        "native-addon",
        "native-code",
        "medium",
        (
            *("process.dlopen", "process.binding", "process._linkedBinding", "file .node", "package bindings"),
            *(
                "package node-gyp-build",
                "package node-pre-gyp",
                "package @mapbox/node-pre-gyp",
                "package prebuild-install",
            ),
            *("package node-gyp", "package ffi-napi", "package koffi", "package node-addon-api", "package nbind"),
            *("package pkg-prebuilds", "package node-gyp-build-optional-packages", "Deno.dlopen"),
        ),
        "module.exports = require('bindings')('addon')",
        "const bindings = {}; bindings.load('x'); require('./bindings')",
    ),
    _rule(
        "web-assembly",
        "native-code",
        "low",
        ("WebAssembly.instantiate", "WebAssembly.instantiateStreaming", "WebAssembly.compile", "WebAssembly.Module"),
        "WebAssembly.instantiate(bytes)",
        "if (typeof WebAssembly === 'object') { x = WebAssembly.RuntimeError }",
    ),
    _rule(
        "whole-environment",
        "environment",
        "low",
        ("=process.env", "Deno.env.toObject"),
        "const {env} = process; send(JSON.stringify(env))",
        "const env = process.env; if (env && env.NODE_ENV === 'test') process.env.X = '1'",
    ),
    _rule(
        "computed-environment",
        "environment",
        "low",
        ("process.env.?",),
        "module.exports = (name) => process.env[name]",
        "module.exports = process.env['NODE_ENV']",
    ),
    _rule(
        "credential-variable",
        "environment",
        "medium",
        ("env credential",),
        "const {NPM_TOKEN: key} = process.env",
        "const {NODE_ENV, TOKENIZER} = process.env; process.env.GITHUB_TOKEN = ''",
    ),
    _rule(
        "environment-sent",
        "credentials",
        "high",
        ("~environment-sent",),
        "const https = require('https'); const data = JSON.stringify(process.env); const to = https.request(place);\n"
        "to.write(data); to.end()",
        "const env = process.env; fetch(env.SERVER, {headers: {a: process.env.NAME}});\n"
        "require('child_process').fork('./worker.js', {env: process.env}); log(JSON.stringify(process.env))",
    ),
    _rule(
        "credential-file",
        "credentials",
        "medium",
        ("~credential-file",),
        "fs.readFileSync(path.join(home, '.aws/credentials'))",
        "// reads ~/.npmrc\nconst help = 'put it into your .npmrc file'",
    ),
    _rule(
        "fetches-code",
        "deferred-dependency",
        "medium",
        ("program npx", "program pip", "program npm", "program pnpm", "program yarn", "program curl", "program wget"),
        "require('child_process').execSync('npx -y other-tool')",
        "require('child_process').execSync('npm run build')",
    ),
    _rule(
        "remote-import",
        "deferred-dependency",
        "high",
        ("file https:", "file http:"),
        "import run from 'https://cdn.example/run.js'",
        "const home = 'https://cdn.example/run.js'",
    ),
    _rule(
        "encoded-code",
        "encoded-payload",
        "high",
        ("~encoded-code",),
        "const text = Buffer.from('cnVuKCk=', 'base64'); const code = text.toString(); eval(code)",
        "const text = Buffer.from('cnVuKCk=', 'base64').toString(); JSON.parse(text); eval(other)",
    ),
    _rule(
        "obfuscated-names",
        "encoded-payload",
        "high",
        ("~obfuscated-names",),
        "".join(f"var _0x{one:04x}ab = {one};" for one in range(4096, 4126)),
        "var _0x12ab = 1; var mask = 0x12ab",
    ),
    _rule(
        "escaped-name",
        "hidden-text",
        "high",
        ("~escaped-name",),
        "\\u0065val('run()')",
        "var \\u0275a = 1; var text = '\\u0065val'",
    ),
)
