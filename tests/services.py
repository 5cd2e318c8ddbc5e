"""Real PostgreSQL, Elasticsearch, Fuseki and chromium for the tests.

A server is started by the first test that asks for it, as a child of a small supervisor process
(this file run as a script) that outlives neither the server nor the test session: it polls the
process that it was started for and takes the server and its files away when that has gone, however
it went. Under pytest-xdist the workers share one server through a lock file.
"""

from __future__ import annotations

import argparse
import fcntl
import functools
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ELASTICSEARCH_VERSION = "8.19.21"
FUSEKI_VERSION = "5.6.0"
COMUNICA_VERSION = "4.5.0"
"""The last one that runs on Java 17."""
LIGHTHOUSE_VERSION = "12.8.2"
"""Runs on Node.js 18 and later."""
VNU_VERSION = "24.10.17"
"""The HTML validator of W3C; one of the packages that hold it, as later ones fetch it from elsewhere."""
LDES_CLIENT_VERSION = "0.3.0"
VERSIONS = {
    "elasticsearch": ELASTICSEARCH_VERSION,
    "fuseki": FUSEKI_VERSION,
    "comunica": COMUNICA_VERSION,
    "lighthouse": LIGHTHOUSE_VERSION,
    "vnu": VNU_VERSION,
    "ldes-client": LDES_CLIENT_VERSION,
}
ACCOUNT = "nobody"
"""Neither server runs as root; when the tests do, the servers get this account."""


NODES = 3
DATASETS = 16
"""Datasets of the Fuseki, so that tests beside each other have one each; one more is on disk."""

LONGEST_QUERY = 20_000
"""Milliseconds after which the Fuseki gives up a query."""

REVIVED_AFTER = 8.0
"""Seconds for which a node of the cluster stays dead."""

SHARED_CACHE = Path("/var/cache/almagest-services")


class Unavailable(Exception):
    """A service that this machine does not have; the message says how to get it."""


def cache() -> Path:
    """Where `make services` puts what no package installs; other accounts can read it."""
    if given := os.environ.get("ALMAGEST_SERVICES"):
        return Path(given)
    if os.geteuid() == 0:
        return SHARED_CACHE
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "almagest-services"


# --- what the machine has -------------------------------------------------------------------------


def find_postgres() -> Path:
    """The folder of ``initdb`` and ``postgres``; raises `Unavailable`."""
    folders = [
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
        *sorted(Path("/opt/homebrew/opt").glob("postgresql*/bin"), reverse=True),
        *sorted(Path("/usr/local/opt").glob("postgresql*/bin"), reverse=True),
        *(Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep)),
    ]
    for folder in folders:
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise Unavailable("no PostgreSQL server is installed here; «make services» installs one")


def find_elasticsearch() -> Path:
    """The unpacked Elasticsearch; raises `Unavailable`."""
    if not find_java():
        raise Unavailable("Elasticsearch needs Java 17 or later; «make services» installs it")
    for folder in (cache(), SHARED_CACHE):
        home = folder / f"elasticsearch-{ELASTICSEARCH_VERSION}"
        if (home / "bin" / "elasticsearch").is_file():
            return home
    raise Unavailable("no Elasticsearch is installed for the tests; «make services» installs one")


def find_fuseki() -> Path:
    """The archive of the Fuseki server; raises `Unavailable`."""
    if not find_java():
        raise Unavailable("Fuseki needs Java 17 or later; «make services» installs it")
    for folder in (cache(), SHARED_CACHE):
        archive = folder / f"jena-fuseki-server-{FUSEKI_VERSION}.jar"
        if archive.is_file():
            return archive
    raise Unavailable("no Fuseki is installed for the tests; «make services» installs one")


def find_comunica() -> Path:
    """The program ``comunica-sparql``; raises `Unavailable`."""
    if not shutil.which("node"):
        raise Unavailable("Comunica needs Node.js 18 or later; «make services» installs it")
    for folder in (cache(), SHARED_CACHE):
        program = folder / f"comunica-{COMUNICA_VERSION}" / "node_modules" / ".bin" / "comunica-sparql"
        if program.exists():
            return program
    raise Unavailable("no Comunica is installed for the tests; «make services» installs one")


def find_lighthouse() -> Path:
    """The program ``lighthouse``; raises `Unavailable`."""
    if not shutil.which("node"):
        raise Unavailable("Lighthouse needs Node.js 18 or later; «make services» installs it")
    return _of_npm("lighthouse", LIGHTHOUSE_VERSION, "node_modules/.bin/lighthouse")


def find_vnu() -> Path:
    """The archive of the Nu Html Checker; raises `Unavailable`."""
    if not find_java():
        raise Unavailable("the HTML validator needs Java; «make services» installs it")
    return _of_npm("vnu", VNU_VERSION, "node_modules/vnu-jar/build/dist/vnu.jar")


def find_ldes_client() -> Path:
    """The program ``ldes-client``; raises `Unavailable`."""
    if not shutil.which("node"):
        raise Unavailable("ldes-client needs Node.js 18 or later; «make services» installs it")
    return _of_npm("ldes-client", LDES_CLIENT_VERSION, "node_modules/.bin/ldes-client")


def _of_npm(name: str, version: str, path: str) -> Path:
    for folder in (cache(), SHARED_CACHE):
        found = folder / f"{name}-{version}" / path
        if found.exists():
            return found
    raise Unavailable(f"no {name} is installed for the tests; «make services» installs it")


def find_java() -> Path | None:
    """The home of the Java that is on the path."""
    java = shutil.which("java")
    return Path(java).resolve().parent.parent if java else None


def find_chromium() -> Path:
    """The chromium or Chrome program; raises `Unavailable`."""
    mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    for name in ("chromium", "chromium-browser", "google-chrome", mac):
        if path := shutil.which(name):
            return Path(path)
    raise Unavailable("no chromium is installed here; «make services» installs it")


# --- the servers ----------------------------------------------------------------------------------


@contextmanager
def postgres(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A PostgreSQL with its data in ``folder``; the URL is that of its maintenance database."""
    programs, data, port = find_postgres(), folder / "data", _free_port()
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "almagest", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        check=True,
        stdout=subprocess.DEVNULL,
        **_account(),
    )
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "200",
    }
    flags = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
    command = [programs / "postgres", "-D", data, "-p", str(port), *flags]
    with _running(command, folder, stop=signal.SIGINT) as server:
        _wait(server, folder, lambda: _postgres_answers(programs, port), seconds=60)
        yield f"postgresql+psycopg://almagest@127.0.0.1:{port}/postgres", server


@contextmanager
def elasticsearch(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """An Elasticsearch of one node with its data in ``folder``."""
    port = _free_port()
    options = {"discovery.type": "single-node", "transport.port": str(_free_port())}
    command, environment = _node(folder, port, options)
    url = f"http://127.0.0.1:{port}"
    with _running(command, folder, environment) as server:
        _wait(server, folder, lambda: _http_answers(f"{url}/_cluster/health"), seconds=180)
        yield url, server


class Nodes:
    """The nodes of a cluster as one server; one that dies is started again after some seconds."""

    def __init__(self, starts: list[Callable[[], subprocess.Popen[bytes]]]) -> None:
        self._starts = starts
        self._running = [start() for start in starts]
        self._died: dict[int, float] = {}
        self.args = "a cluster of Elasticsearch"

    def poll(self) -> None:
        """Starts again what has died; a cluster never ends by itself."""
        for number, server in enumerate(self._running):
            if server.poll() is None:
                continue
            died = self._died.setdefault(number, time.monotonic())
            if time.monotonic() - died > REVIVED_AFTER:
                del self._died[number]
                self._running[number] = self._starts[number]()

    def stop(self) -> None:
        """Ends all nodes, at once."""
        for server in self._running:
            server.terminate()
        for server in self._running:
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, Nodes]]:
    """Three nodes of Elasticsearch, which have little room for what is being written.

    The URL names all of them by commas.  The process of a node is told by ``_nodes/process``.
    """
    http, transport = [_free_port() for _ in range(NODES)], [_free_port() for _ in range(NODES)]
    names = [f"node{number}" for number in range(NODES)]
    starts = []
    for number, name in enumerate(names):
        (folder / name).mkdir()
        options = {
            "cluster.name": f"almagest-test-{transport[0]}",
            "node.name": name,
            "transport.port": str(transport[number]),
            "discovery.seed_hosts": ",".join(f"127.0.0.1:{port}" for port in transport),
            "cluster.initial_master_nodes": ",".join(names),
            "indexing_pressure.memory.limit": "200kb",
        }
        command, environment = _node(folder / name, http[number], options)
        starts.append(functools.partial(_start, command, folder / name, environment))
    nodes = Nodes(starts)
    try:
        health = f"_cluster/health?wait_for_nodes={NODES}&timeout=1s"
        _wait(
            nodes,
            folder / names[0],
            lambda: _http_answers(f"http://127.0.0.1:{http[0]}/{health}"),
            seconds=400,
        )
        yield "http://" + ",".join(f"127.0.0.1:{port}" for port in http), nodes
    finally:
        nodes.stop()


def _node(folder: Path, port: int, options: dict[str, str]) -> tuple[list[Any], dict[str, str]]:
    """The command and the environment of a node with its files in ``folder``."""
    home = find_elasticsearch()
    shutil.copytree(home / "config", folder / "config")
    (folder / "temporary").mkdir()
    _give(folder)
    options = {
        "xpack.security.enabled": "false",
        "network.host": "127.0.0.1",
        "http.port": str(port),
        "path.data": str(folder / "data"),
        "path.logs": str(folder / "logs"),
        "cluster.routing.allocation.disk.threshold_enabled": "false",
        **options,
    }
    flags = [part for key, value in options.items() for part in ("-E", f"{key}={value}")]
    environment = os.environ | {
        "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
        "ES_JAVA_HOME": str(find_java()),
        "ES_PATH_CONF": str(folder / "config"),
        "ES_TMPDIR": str(folder / "temporary"),
    }
    return [home / "bin" / "elasticsearch", *flags], environment


def _start(command: list[Any], folder: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """A server in a group of its own, whose output goes behind what is there."""
    with (folder / "output").open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
            **_account(),
        )


@contextmanager
def fuseki(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Fuseki with the datasets «0», «1» … in memory and «disk» on disk (TDB2)."""
    places = {str(number): "--mem--" for number in range(DATASETS)} | {"disk": str(folder / "disk")}
    configuration = folder / "configuration.ttl"
    configuration.write_text(_FUSEKI_HEAD + "".join(map(_dataset, places, places.values())))
    port = _free_port()
    command = [
        *(find_java() / "bin" / "java", "-Xmx1500m", "-cp", find_fuseki()),
        *("org.apache.jena.fuseki.main.cmds.FusekiMainCmd", "--localhost", "--ping", f"--port={port}"),
        f"--config={configuration}",
    ]
    url = f"http://127.0.0.1:{port}"
    with _running(command, folder) as server:
        _wait(server, folder, lambda: _http_answers(f"{url}/$/ping"), seconds=120)
        yield url, server


_FUSEKI_HEAD = """PREFIX fuseki: <http://jena.apache.org/fuseki#>
PREFIX tdb2: <http://jena.apache.org/2016/tdb#>
PREFIX ja: <http://jena.hpl.hp.com/2005/11/Assembler#>
"""


def _dataset(name: str, place: str) -> str:
    """A service of Fuseki whose default graph is the union of all (the configuration that users need too)."""
    return f"""
[] a fuseki:Service ; fuseki:name "{name}" ;
    fuseki:endpoint [ fuseki:operation fuseki:query ; fuseki:name "query" ] ,
                    [ fuseki:operation fuseki:update ; fuseki:name "update" ] ;
    fuseki:dataset [ a tdb2:DatasetTDB2 ; tdb2:location "{place}" ; tdb2:unionDefaultGraph true ;
                     ja:context [ ja:cxtName "arq:queryTimeout" ; ja:cxtValue "{LONGEST_QUERY}" ] ] .
"""


SERVERS: dict[str, Any] = {
    "postgres": postgres,
    "elasticsearch": elasticsearch,
    "cluster": cluster,
    "fuseki": fuseki,
}
FINDERS: dict[str, Callable[[], Path]] = {
    "postgres": find_postgres,
    "elasticsearch": find_elasticsearch,
    "cluster": find_elasticsearch,
    "fuseki": find_fuseki,
}


@contextmanager
def _running(
    command: list[Any], folder: Path, environment: dict[str, str] | None = None, stop: int = signal.SIGTERM
) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "output").open("wb") as output:
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=output, **_account()
        )
    try:
        yield server
    finally:
        server.send_signal(stop)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(
    server: subprocess.Popen[bytes] | Nodes, folder: Path, answers: Callable[[], bool], *, seconds: float
) -> None:
    end = time.monotonic() + seconds
    while not answers():
        if server.poll() is not None or time.monotonic() > end:
            printed = (folder / "output").read_text(errors="replace")[-3000:]
            raise RuntimeError(f"{server.args!r} did not come up: {printed}")
        time.sleep(0.1)


def _postgres_answers(programs: Path, port: int) -> bool:
    command = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(command, check=False).returncode == 0


def _http_answers(url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _account() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    return {"user": ACCOUNT, "group": pwd.getpwnam(ACCOUNT).pw_gid, "extra_groups": ()}


def _give(folder: Path) -> None:
    if os.geteuid() != 0:
        return
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, ACCOUNT)


# --- one server for all workers of a session ------------------------------------------------------


def share(name: str, directory: Path, owner: int) -> str:
    """The URL of the session's server, started if it is not there yet; raises `Unavailable`.

    ``directory`` is the same for all workers; the server lives until process ``owner`` ends.
    ``ALMAGEST_TEST_POSTGRES``, ``ALMAGEST_TEST_ELASTICSEARCH`` … name servers to use instead.
    """
    if given := os.environ.get(f"ALMAGEST_TEST_{name.upper()}"):
        return given
    FINDERS[name]()
    state = directory / f"{name}.json"
    with (directory / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not state.exists():
            _start_supervisor(name, state, owner)
    answer = json.loads(state.read_text())
    if "url" not in answer:
        raise RuntimeError(answer["error"])
    return str(answer["url"])


def _start_supervisor(name: str, state: Path, owner: int) -> None:
    supervisor = subprocess.Popen(
        [sys.executable, __file__, "run", name, "--owner", str(owner), "--state", str(state)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not state.exists():
        if supervisor.poll() is not None:
            raise RuntimeError(f"the supervisor of {name} ended with exit code {supervisor.returncode}")
        time.sleep(0.1)


def run(name: str, owner: int, state: Path) -> None:
    """Runs a server until the process ``owner`` ends; tells its URL, or why not, in ``state``."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    folder = Path(tempfile.mkdtemp(prefix=f"almagest-{name}-"))
    try:
        _give(folder)
        with SERVERS[name](folder) as (url, server):
            _tell(state, {"url": url})
            while server.poll() is None and _lives(owner):
                time.sleep(0.5)
    except Exception as error:
        _tell(state, {"error": f"{type(error).__name__}: {error}"})
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _tell(state: Path, answer: dict[str, str]) -> None:
    if not state.parent.is_dir() or state.exists():
        return
    written = state.with_suffix(".new")
    written.write_text(json.dumps(answer))
    written.rename(state)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def unpack(archive: Path) -> None:
    """Unpacks the Elasticsearch archive into the cache."""
    with tempfile.TemporaryDirectory(dir=cache()) as folder:
        with zipfile.ZipFile(archive) as files:
            files.extractall(folder)
        (home,) = Path(folder).iterdir()
        for program in (home / "bin").iterdir():
            program.chmod(0o755)
        home.rename(cache() / f"elasticsearch-{ELASTICSEARCH_VERSION}")


def main() -> None:
    """``run NAME --owner PID --state FILE``, ``unpack ARCHIVE``, ``cache``, ``version NAME``."""
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("run")
    serving.add_argument("name", choices=sorted(SERVERS))
    serving.add_argument("--owner", type=int, required=True)
    serving.add_argument("--state", type=Path, required=True)
    commands.add_parser("unpack").add_argument("archive", type=Path)
    commands.add_parser("cache")
    commands.add_parser("version").add_argument("name", choices=sorted(VERSIONS))
    given = parser.parse_args()
    if given.command == "run":
        run(given.name, given.owner, given.state)
    elif given.command == "unpack":
        unpack(given.archive)
    else:
        print(cache() if given.command == "cache" else VERSIONS[given.name])


if __name__ == "__main__":
    main()
