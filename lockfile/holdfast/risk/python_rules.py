"""The rules for Python code, as data. What a pattern means is said in `python_patterns.py`.

`low` says what code can do, and most useful code does some of it. `medium` is worth a look. `high` is what
well-meant code seldom does (`python_high_rules.py`): whoever sees one should read the line.
"""

from holdfast.risk.python_high_rules import HIGH_RULES
from holdfast.risk.rules import Rule


def _low(name: str, capability: str, matches: str, example: str, counter_example: str) -> Rule:
    return Rule(f"python-{name}", capability, "low", "python", _patterns(matches), "", example, counter_example)


def _medium(name: str, capability: str, matches: str, example: str, counter_example: str, moment: str = "") -> Rule:
    return Rule(f"python-{name}", capability, "medium", "python", _patterns(matches), moment, example, counter_example)


def _patterns(text: str) -> tuple[str, ...]:
    # One a line, or several that have no condition on a line.
    found: list[str] = []
    for row in text.strip().split("\n"):
        words = row.split()
        has_condition = len(words) == 2 and "." not in words[1]
        found += [" ".join(words)] if has_condition else words
    return tuple(found)


_PROCESSES = """
    subprocess.run subprocess.call subprocess.check_call subprocess.check_output subprocess.Popen()
    subprocess.getoutput subprocess.getstatusoutput
    os.popen os.execl os.execle os.execlp os.execlpe os.execv os.execve os.execvp os.execvpe os.startfile
    os.spawnl os.spawnle os.spawnlp os.spawnlpe os.spawnv os.spawnve os.spawnvp os.spawnvpe
    os.posix_spawn os.posix_spawnp pty.spawn _posixsubprocess.fork_exec _winapi.CreateProcess
    asyncio.create_subprocess_exec asyncio.create_subprocess_shell .subprocess_exec() .subprocess_shell()
    anyio.run_process anyio.open_process trio.run_process trio.open_process
    webbrowser.open webbrowser.open_new webbrowser.open_new_tab webbrowser.get
    pexpect.spawn() pexpect.run sh.Command() plumbum.local.* invoke.run fabric.Connection()
    .system() lent
    .popen() lent
    .Popen() lent
"""
_NETWORK = """
    socket.socket() socket.create_connection socket.create_server socket.socketpair socket.fromfd
    http.client.HTTPConnection() http.client.HTTPSConnection() urllib.request.urlopen urllib.request.urlretrieve
    urllib.request.build_opener ftplib.FTP() ftplib.FTP_TLS() smtplib.SMTP() smtplib.SMTP_SSL() telnetlib.Telnet()
    poplib.POP3() poplib.POP3_SSL() imaplib.IMAP4() imaplib.IMAP4_SSL() nntplib.NNTP() xmlrpc.client.ServerProxy()
    asyncio.open_connection asyncio.start_server asyncio.open_unix_connection .create_datagram_endpoint()
    http.server.HTTPServer() http.server.ThreadingHTTPServer() socketserver.TCPServer() socketserver.UDPServer()
    socket.gethostbyname socket.gethostbyname_ex socket.gethostbyaddr socket.getaddrinfo
    asyncio.get_event_loop().create_connection asyncio.get_running_loop().create_connection
    asyncio.new_event_loop().create_connection
    logging.handlers.HTTPHandler() logging.handlers.SocketHandler() logging.handlers.DatagramHandler()
    logging.handlers.SMTPHandler() logging.handlers.SysLogHandler()
    multiprocessing.connection.Client multiprocessing.connection.Listener
    requests.get requests.post requests.put requests.delete requests.head requests.patch requests.options
    requests.request requests.Session() requests.session
    httpx.get httpx.post httpx.put httpx.delete httpx.head httpx.patch httpx.request httpx.stream
    httpx.Client() httpx.AsyncClient() aiohttp.ClientSession() aiohttp.request
    urllib3.PoolManager() urllib3.ProxyManager() urllib3.request urllib3.HTTPConnectionPool()
    urllib3.HTTPSConnectionPool() urllib3.proxy_from_url httpcore.ConnectionPool() httpcore.AsyncConnectionPool()
    httpcore.HTTPProxy() httpcore.AsyncHTTPProxy() aiohttp.TCPConnector()
    botocore.httpsession.URLLib3Session() pycurl.Curl() websocket.create_connection websockets.connect
    websocket.WebSocketApp()
    paramiko.SSHClient() paramiko.Transport() anyio.connect_tcp anyio.create_tcp_listener trio.open_tcp_stream
    grpc.insecure_channel grpc.secure_channel zmq.Context() dns.resolver.resolve dns.query.*
"""
_WRITES = """
    builtins.open() writes
    codecs.open() writes
    gzip.open() writes
    bz2.open() writes
    lzma.open() writes
    tarfile.open() writes
    zipfile.ZipFile() writes
    pathlib.Path().open() path-writes
    os.fdopen() writes
    os.open() opens-to-write
    .write_text() .write_bytes() .extractall()
    os.remove os.unlink os.rename os.renames os.replace os.rmdir os.removedirs os.mkdir os.makedirs os.chmod os.chown
    os.symlink os.link os.truncate os.mkfifo os.mknod os.utime os.lchown
    shutil.copy shutil.copy2 shutil.copyfile shutil.copytree shutil.copymode shutil.copystat shutil.move shutil.rmtree
    shutil.unpack_archive shutil.make_archive
    pathlib.Path().unlink pathlib.Path().rename pathlib.Path().replace pathlib.Path().mkdir pathlib.Path().rmdir
    pathlib.Path().touch pathlib.Path().chmod pathlib.Path().symlink_to pathlib.Path().hardlink_to
    tempfile.mkstemp tempfile.mkdtemp tempfile.NamedTemporaryFile() tempfile.TemporaryDirectory()
    tempfile.TemporaryFile() tempfile.SpooledTemporaryFile()
"""
_DYNAMIC = """
    builtins.eval builtins.exec builtins.eval.* builtins.exec.* builtins.execfile runpy.run_path runpy.run_module
    builtins.compile() computed
    types.FunctionType() types.CodeType() code.InteractiveInterpreter() code.InteractiveConsole() code.interact
    importlib.util.spec_from_file_location importlib.machinery.SourceFileLoader() imp.load_source imp.load_module
    _xxsubinterpreters.run_string _interpreters.exec zipimport.zipimporter()
    cProfile.run cProfile.runctx profile.run profile.runctx pdb.run pdb.runeval
    timeit.timeit() of-text
    timeit.repeat() of-text
    timeit.Timer() of-text
"""
_NATIVE = """
    ctypes.CDLL() ctypes.PyDLL() ctypes.WinDLL() ctypes.OleDLL() ctypes.cdll.* ctypes.windll.* ctypes.oledll.*
    ctypes.pydll.* ctypes.pythonapi ctypes.LibraryLoader() cffi.FFI().dlopen .dlopen() imp.load_dynamic
    importlib.machinery.ExtensionFileLoader() _imp.create_dynamic .enable_load_extension() cppyy.load_library
    numpy.ctypeslib.load_library
"""
_OBJECTS = """
    pickle.load pickle.loads pickle.Unpickler() marshal.load marshal.loads dill.load dill.loads dill.Unpickler()
    cloudpickle.load cloudpickle.loads shelve.open jsonpickle.decode joblib.load pandas.read_pickle
    torch.load sklearn.externals.joblib.load
    yaml.load() unsafe
    yaml.load_all() unsafe
    yaml.unsafe_load yaml.unsafe_load_all yaml.full_load yaml.full_load_all
    numpy.load() allows-pickle
    _compat_pickle.loads multiprocessing.reduction.ForkingPickler.loads
"""
_ENVIRONMENT = """
    os.environ os.environ.copy() os.environ.items() os.environ.values() nt.environ
"""
_SECRET_VARIABLES = """
    os.environ.get() secret-name
    os.environ.pop() secret-name
    os.environ.__getitem__() secret-name
    os.getenv() secret-name
"""
_CREDENTIALS = """
    keyring.get_password keyring.get_credential netrc.netrc() win32crypt.CryptUnprotectData win32cred.*
    secretstorage.get_default_collection browser_cookie3.* spwd.*
    builtins.open() names-credentials
    os.path.expanduser() names-credentials
    os.path.join() names-credentials
    pathlib.Path() names-credentials
    .joinpath() names-credentials
    os.path.exists() names-credentials
"""
_INSTALLERS = """
    subprocess.run() installs
    subprocess.call() installs
    subprocess.check_call() installs
    subprocess.check_output() installs
    subprocess.Popen() installs
    subprocess.getoutput() installs
    os.system() installs
    os.popen() installs
    asyncio.create_subprocess_shell() installs
    pip.main pip._internal.main pip._internal.cli.main.main ensurepip.bootstrap
    setuptools.command.easy_install.main pkg_resources.working_set.resolve
    torch.hub.load micropip.install
"""

PYTHON_RULES: tuple[Rule, ...] = (
    _low(
        "subprocess",
        "subprocess",
        _PROCESSES,
        "import subprocess as sp\n\ndef tag():\n    return sp.run(['git', 'describe'])\n",
        "# subprocess.run(['git'])\nhelp = 'subprocess.run'\nclass Runner:\n    def run(self): ...\nRunner().run()\n",
    ),
    _medium(
        "shell",
        "subprocess",
        "os.system\nsubprocess.run() shell\nsubprocess.call() shell\nsubprocess.check_call() shell\n"
        "subprocess.check_output() shell\nsubprocess.Popen() shell",
        "import os\n\ndef clear():\n    getattr(os, 'sys' + 'tem')('clear')\n",
        "import subprocess\n\ndef tag():\n    return subprocess.run(['git'], shell=False)\n",
    ),
    _low(
        "network",
        "network",
        _NETWORK,
        "from urllib.request import urlopen\n\ndef get(url):\n    return urlopen(url).read()\n",
        "import socket\n\ndef name(peer: socket.socket):\n    return isinstance(peer, socket.socket)\n",
    ),
    _low(
        "filesystem-write",
        "filesystem-write",
        _WRITES,
        "def save(path, text):\n    with open(path, 'w') as file:\n        file.write(text)\n",
        "def load(path):\n    with open(path, 'rb') as file:\n        return file.read()\n",
    ),
    _medium(
        "filesystem-write-early",
        "filesystem-write",
        _WRITES,
        "import os\nos.makedirs('x')\n",
        "import os\n\ndef make():\n    os.makedirs('x')\n",
        moment="import",
    ),
    _low(
        "dynamic-code",
        "dynamic-code",
        _DYNAMIC,
        "def value(text):\n    return eval(text)\n",
        "import re\n\ndef compile(text):\n    return re.compile(text)\n\nmodel.eval()\ncompile('a')\n",
    ),
    _low(
        "computed-import",
        "dynamic-code",
        "builtins.__import__ computed\nimportlib.import_module computed\nbuiltins.getattr() computed-attribute\n"
        "pkg_resources.load_entry_point importlib.metadata.entry_points pkg_resources.iter_entry_points\n"
        "pydoc.locate pkgutil.resolve_name importlib._bootstrap._gcd_import importlib._bootstrap._find_and_load",
        "import importlib\n\ndef plugin(name):\n    return importlib.import_module(name)\n",
        "import importlib\n\ndef parser():\n    return importlib.import_module('json')\n",
    ),
    _low(
        "native-library",
        "native-code",
        _NATIVE,
        "import ctypes\n\ndef library():\n    return ctypes.cdll.LoadLibrary('libc.so.6')\n",
        "import ctypes\n\nclass Point(ctypes.Structure):\n    _fields_ = [('x', ctypes.c_int)]\n",
    ),
    _medium(
        "deserialisation",
        "deserialisation",
        _OBJECTS,
        "import yaml\n\ndef load(text):\n    return yaml.load(text, Loader=yaml.Loader)\n",
        "import json, yaml\n\ndef load(text):\n    return json.loads(text), yaml.load(text, Loader=yaml.SafeLoader)\n",
    ),
    _low(
        "environment",
        "environment",
        _ENVIRONMENT,
        "from os import environ as e\n\ndef all_of_it():\n    return dict(e)\n",
        "import os\n\ndef home():\n    return os.environ.get('HOME') if 'HOME' in os.environ else os.environ['PWD']\n",
    ),
    _medium(
        "secret-variable",
        "environment",
        _SECRET_VARIABLES,
        "import os\n\ndef token():\n    return os.environ['GITHUB_TOKEN']\n",
        "import os\n\ndef home():\n    return os.environ['HOME'] + os.getenv('TOKENIZERS_PARALLELISM')\n",
    ),
    _medium(
        "credentials",
        "credentials",
        _CREDENTIALS,
        "import os\n\ndef key():\n    return open(os.path.expanduser('~/.ssh/id_rsa')).read()\n",
        "import os\n\n'''reads ~/.ssh/id_rsa'''\n"
        "def settings():\n    return open(os.path.expanduser('~/.config/x')).read()\n",
    ),
    _medium(
        "installer",
        "deferred-dependency",
        _INSTALLERS,
        "import subprocess, sys\n\ndef need(name):\n"
        "    subprocess.check_call([sys.executable, '-m', 'pip', 'install', name])\n",
        "import subprocess\n\ndef hint():\n    print('pip install x')\n    subprocess.run(['git', 'log'])\n",
    ),
    _medium(
        "setup-commands",
        "install-script",
        "setuptools.setup() custom-commands\ndistutils.core.setup() custom-commands\nskbuild.setup() custom-commands",
        "from setuptools import setup\nsetup(cmdclass={'install': object})\n",
        "from setuptools import setup\nsetup(name='x')\n",
    ),
    *HIGH_RULES,
)
