"""One module owns the HTTP client, one the SMTP client: the contracts of `.importlinter`, and that nothing slips past them."""

from __future__ import annotations

import ast
import configparser
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
WATCHER = PROJECT / "watcher"
GUARDS = ("http", "smtp", "sockets")

# What reaches the network or another program, by the name it is imported or called by, and which modules may.
# The demo stands in for the outside world, so it serves; it asks nothing.
MAY = {
    "asyncio.open_connection": {"watcher.net"},
    "sock_connect": {"watcher.deliver.smtp"},
    "create_connection": set(),
    "create_datagram_endpoint": set(),
    "open_unix_connection": set(),
    "create_unix_connection": set(),
    "asyncio.start_server": {"watcher.demo.mailbox"},
    "create_server": set(),
    "getaddrinfo": {"watcher.lookup"},
    "gethostbyname": set(),
    "urlopen": set(),
    "urllib.request": set(),
    "http.client": set(),
    "http.server": {"watcher.demo.receiver", "watcher.demo.server"},
    "wsgiref": set(),
    "fetch_url": set(),  # trafilatura has a client of its own
    "fetch_response": set(),
    "trafilatura.downloads": set(),
    "trafilatura.feeds": set(),
    "trafilatura.sitemaps": set(),
    "trafilatura.spider": set(),
    "os.system": set(),
    "os.popen": set(),
    "Popen": set(),
    "eval": set(),
    "exec": set(),
    "pickle": set(),
    "marshal.load": set(),
    "marshal.loads": set(),
}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(WATCHER.rglob("*.py")):
        name = ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
        yield name, path


def used(path: Path) -> set[str]:
    """Every dotted name that a module imports or calls, and the last part of each."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            found |= {name, name.rpartition(".")[2]}
        elif isinstance(node, ast.Attribute):
            found.add(ast.unparse(node))
    return found


def test_ssrf_6_nothing_opens_a_connection_but_the_two_clients() -> None:
    """A handler without the guard is how every reader of feeds in the list of advisories was entered."""
    users: dict[str, set[str]] = {name: set() for name in MAY}
    for module, path in modules():
        names = used(path)
        for one in MAY:
            if one in names:
                users[one].add(module)
    assert {one: who for one, who in users.items() if not who <= MAY[one]} == {}
    assert users["asyncio.open_connection"] and users["getaddrinfo"], "the names above are no longer those of the code"


def test_ssrf_6_the_contracts_stand_for_every_module() -> None:
    """A list of packages forgets the one that comes next; the root does not."""
    contracts = configparser.ConfigParser()
    contracts.read(PROJECT / ".importlinter")
    for name in GUARDS:
        section = contracts[f"importlinter:contract:{name}"]
        assert section["source_modules"].split() == ["watcher"]
        assert section["type"] == "forbidden"
    allowed = " ".join(contracts[f"importlinter:contract:{name}"]["ignore_imports"] for name in GUARDS)
    assert {line.split()[0] for line in allowed.replace(" -> ", "->").split() for line in [line.replace("->", " ")]} == {
        "watcher.net", "watcher.lookup", "watcher.deliver.smtp", "watcher.deliver.email",
    }  # fmt: skip


FORBIDDEN = ("httpx", "httpcore", "smtplib", "aiosmtplib", "socket", "ssl", "sqlite3")


def test_ssrf_6_the_contracts_break_in_every_package(tmp_path: Path) -> None:
    """The same check that CI runs, on a copy in which one module of every package imports what it must not."""
    shutil.copytree(WATCHER, tmp_path / "watcher", ignore=shutil.ignore_patterns("__pycache__", "*.toml", "*.json"))
    shutil.copy(PROJECT / ".importlinter", tmp_path)
    spoiled = [WATCHER, *(path.parent for path in WATCHER.rglob("__init__.py") if path.parent != WATCHER)]
    for folder in spoiled:
        module = tmp_path / "watcher" / folder.relative_to(WATCHER) / "spoiled.py"
        module.write_text('"""Not ours."""\n' + "".join(f"import {name}\n" for name in FORBIDDEN), "utf-8")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    broken = {tuple(line.split()[1:4:2]) for line in done.stdout.splitlines() if line.startswith("-   ")}
    names = [".".join(["watcher", *folder.relative_to(WATCHER).parts, "spoiled"]) for folder in spoiled]
    wanted = {(name, library) for name in names for library in FORBIDDEN} - {("watcher.store.spoiled", "sqlite3")}
    assert wanted <= broken


def test_tpl_1_no_text_is_ever_a_template() -> None:
    """Templates are files of the package: nothing makes one of a text, and what is not there is an error, not a blank."""
    from watcher.digest.render import _html_environment, _text_environment

    for module, path in modules():
        names = used(path)
        assert not names & {
            "from_string",
            "jinja2.Template",
            "Template",
            "jinja2.DictLoader",
            "jinja2.FunctionLoader",
            "jinja2.FileSystemLoader",
        }, module
        assert "jinja2" not in {name.partition(".")[0] for name in names} or module == "watcher.digest.render", module
    for environment in (_html_environment(), _text_environment()):
        assert (type(environment.loader).__name__, environment.undefined.__name__) == ("PackageLoader", "StrictUndefined")
    assert _html_environment().autoescape is True
    for template in sorted((WATCHER / "digest" / "templates").iterdir()):
        text = template.read_text("utf-8")
        assert "|safe" not in text.replace(" ", ""), template
        assert "autoescape false" not in text, template
