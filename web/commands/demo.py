"""`almagest demo`: the whole service on sample sources that it serves to itself."""

from __future__ import annotations

import logging
import os
import signal
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import click

from catalogue.errors import SourceError
from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from web import logs
from web.commands.bars import Bars
from web.commands.terminal import say
from web.demo.story import sample_sources, tell
from web.serving import check_port, run_web

_WORKERS = "2"


@click.command()
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(1, 65535), help="The port of the service."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--once", is_flag=True, help="End after the harvest, without serving.")
def demo(port: int, host: str, once: bool) -> None:
    """Runs the whole service on sample sources, offline, in a temporary directory.

    A local process serves invented records over the real protocols; they are harvested, indexed
    and served at http://localhost:8080 until Ctrl-C. Nothing of your own catalogue is touched.

    \b
    Examples:
      almagest demo
      almagest demo --port 9000
    """
    if not once:
        check_port(host, port)
    # However we are told to end, the temporary directory goes too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="almagest-demo-") as folder, sample_sources() as address:
        _use(Path(folder), port, urlsplit(address).netloc)
        settings = load_settings()
        logs.configure(settings.log_format, logging.ERROR)
        say(f"The demo works in {folder} and leaves nothing behind.")
        catalogue = Catalogue(settings)
        try:
            with Bars() as bars:
                runs = tell(catalogue, address, say, bars.show_run)
        finally:
            catalogue.close()
        if any(run.status == "failed" for run in runs):
            raise SourceError(
                "A sample source could not be harvested; please report it with the lines above."
            )
        if not once:
            say(f"Now open http://localhost:{port} (OAI-PMH at /oai, REST at /api/v1/docs); Ctrl-C ends it.")
            run_web(settings, host, port, with_scheduler=True)


def _use(folder: Path, port: int, samples: str) -> None:
    """Let this process and its children work there, whatever the environment says otherwise."""
    for name in [name for name in os.environ if name.startswith("ALMAGEST_")]:
        del os.environ[name]
    os.environ["ALMAGEST_HOME"] = str(folder)
    os.environ["ALMAGEST_BASE_URL"] = f"http://localhost:{port}"
    os.environ["ALMAGEST_REPOSITORY_NAME"] = "Almagest demo"
    os.environ["ALMAGEST_WORKERS"] = _WORKERS
    # Visitors may try «test my endpoint» on the sample sources, and on nothing else of this machine.
    os.environ["ALMAGEST_GUEST_ADDRESSES"] = samples
    # The sample sources are on this machine: no proxy leads there.
    beyond = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = f"{beyond},127.0.0.1,localhost".lstrip(",")
