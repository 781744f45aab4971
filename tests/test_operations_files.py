"""The files an operator starts the service with say what docs/install.md promises.

No container engine and no systemd run here: the compose file is checked against its published schema, the unit
by systemd's own reader where it is installed, the rest by reading.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
COMPOSE = PROJECT / "docker-compose.yml"
UNIT = PROJECT / "packaging" / "watcher.service"
DOCKERFILE = PROJECT / "Dockerfile"


def _check_compose(path: Path) -> subprocess.CompletedProcess[str]:
    checker = Path(sys.executable).with_name("check-jsonschema")
    command = [str(checker), "--builtin-schema", "vendor.compose-spec", str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def _compose_lines(service: str) -> str:
    """The part of one service, as written: the file has two spaces of indent a level."""
    text = COMPOSE.read_text(encoding="utf-8")
    found = re.search(rf"^  {service}:\n((?:    .*\n|\n)+)", text, flags=re.MULTILINE)
    assert found, service
    return found[1]


def _unit() -> dict[str, dict[str, list[str]]]:
    """The unit's sections; a key may stand more than once, which configparser cannot say."""
    sections: dict[str, dict[str, list[str]]] = {}
    current = ""
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = line.strip("[]")
            sections[current] = {}
        elif line and not line.startswith("#"):
            key, equals, value = line.partition("=")
            assert equals, f"neither a key nor a comment: {line}"
            sections[current].setdefault(key, []).append(value)
    return sections


def _instructions() -> list[tuple[str, str]]:
    joined = DOCKERFILE.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_compose_file_follows_the_published_schema():
    """No engine runs in our checks, so a misspelt key would first fail at the operator's."""
    checked = _check_compose(COMPOSE)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_schema_check_finds_a_typo(tmp_path):
    """A check that accepts everything would protect nobody."""
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(COMPOSE.read_text(encoding="utf-8").replace("healthcheck:", "healthchek:"), encoding="utf-8")
    checked = _check_compose(wrong)
    assert checked.returncode == 1
    assert "healthchek" in checked.stdout + checked.stderr


@pytest.mark.parametrize(
    "line",
    [
        'user: "10001:10001"',
        "read_only: true",
        "cap_drop: [ALL]",
        'security_opt: ["no-new-privileges:true"]',
        "init: true",
        "restart: unless-stopped",
        "stop_grace_period: 30s",
        "env_file: [.env]",
        'test: ["CMD", "watcher", "status"]',
        "max-size: 10m",
    ],
)
def test_the_service_runs_with_as_little_as_it_needs(line):
    """What reads hostile feeds must not be able to change the machine it runs on."""
    assert line in _compose_lines("watcher")


def test_config_is_mounted_as_a_folder_and_data_is_a_named_volume():
    """An edit replaces rules.toml; mounted as a file, the service would go on reading the old one."""
    service = _compose_lines("watcher")
    assert "- ./config:/config " in service
    assert "- data:/data\n" in service
    assert re.search(r"^volumes:\n  data:", COMPOSE.read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_nothing_listens_beyond_this_machine_and_mailpit_is_for_development_only():
    """A mail catcher open to the network would show every digest to anybody."""
    ports = re.findall(r"ports: \[(.*)\]", COMPOSE.read_text(encoding="utf-8"))
    assert ports and all(entry.strip().startswith('"127.0.0.1:') for entry in ports[0].split(","))
    assert "ports:" not in _compose_lines("watcher")
    assert "profiles: [dev]" in _compose_lines("mailpit")


def test_the_image_does_not_run_as_root_and_checks_its_own_health():
    """The last USER counts; without one everything would run as root."""
    last = dict(_instructions())  # later ones win, as in a build
    assert last["USER"] == "10001:10001"
    assert last["ENTRYPOINT"] == '["watcher"]'
    assert last["HEALTHCHECK"].endswith('CMD ["watcher", "status"]')


def test_the_image_installs_only_what_the_locks_hash():
    """A package swapped on its way must stop the build."""
    installs = [command for word, rest in _instructions() if word == "RUN" for command in rest.split("&&") if "pip install" in command]
    assert len(installs) == 3
    for command in installs:
        assert "--require-hashes" in command or "--no-deps dist/" in command, command


def test_no_secret_gets_into_the_image():
    """Layers keep every file and variable for whoever gets the image."""
    for word, rest in _instructions():
        if word in ("ENV", "ARG"):
            assert not re.search(r"PASSWORD|SECRET|TOKEN|_URL", rest), rest
        if word in ("COPY", "ADD"):
            assert not any(part in (".", "./", ".env", "config") for part in shlex.split(rest)[:-1]), rest
    ignored = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[1] == "*" and "**/.env" in ignored


def test_what_the_image_copies_is_there():
    """A file renamed here and not there breaks the first build of an operator, not ours."""
    allowed = {line[1:] for line in (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")}
    for word, rest in _instructions():
        if word == "COPY" and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert (PROJECT / source).exists(), source
                assert source.rstrip("/") in allowed, f"{source} is kept out by .dockerignore"


def test_the_build_lock_is_a_part_of_the_development_lock():
    """An image must be built with what was tested; the two files are made at one time."""
    pattern = re.compile(r"^[a-z0-9-]+==.*(?:\n    .*)+", flags=re.MULTILINE)
    build, everything = (pattern.findall((PROJECT / f"requirements-{name}.lock").read_text(encoding="utf-8")) for name in ("build", "dev"))
    assert any(block.startswith("hatchling==") for block in build)
    assert set(build) <= set(everything)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("DynamicUser", "yes"),
        ("StateDirectory", "watcher"),
        ("ConfigurationDirectory", "watcher"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("EnvironmentFile", "/etc/watcher/env"),
        ("Restart", "on-failure"),
        ("TimeoutStopSec", "30"),
        ("MemoryMax", "1G"),
    ],
)
def test_the_unit_holds_its_hardening(key, value):
    """Under systemd the unit is the only wall around the service."""
    assert _unit()["Service"][key] == [value]


def test_the_unit_does_not_restart_for_ever_on_a_wrong_configuration():
    """Exit status 2 means that a person must act: restarting would only fill the log."""
    service = _unit()["Service"]
    assert service["RestartPreventExitStatus"] == ["2"]
    assert service["ExecStart"] == ["/opt/watcher/venv/bin/watcher run"]


def test_systemd_reads_the_unit_without_a_warning(tmp_path):
    """systemd ignores a misspelt key with a line in the log that nobody reads."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze here: the unit was read by our own eyes only")
    # Its own program is not installed here; any that exists will do for the check.
    copy = tmp_path / "watcher.service"
    copy.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/watcher/venv/bin/watcher", shutil.which("true") or ""), encoding="utf-8")
    checked = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, timeout=60, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "watcher.service" not in checked.stderr
    copy.write_text(copy.read_text(encoding="utf-8").replace("ProtectSystem=", "ProtectSytem="), encoding="utf-8")
    typo = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, timeout=60, check=False)
    assert "ProtectSytem" in typo.stderr


def test_the_example_of_secrets_holds_none_and_can_be_sourced(tmp_path):
    """Compose, systemd and the operator's shell read the same file: single quotes are what all three agree on."""
    example = PROJECT / ".env.example"
    lines = [line for line in example.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Z_]+='[^']*'", line) for line in lines)
    filled = [line.partition("=")[2].strip("'") for line in lines if not line.endswith("=''")]
    assert filled == ["smtps://user:password@mail.example.org:465"]
    said = subprocess.run(["sh", "-c", f'. {example}; printf %s "$SMTP_URL"'], capture_output=True, text=True, check=True, timeout=10)
    assert said.stdout == filled[0]


def test_the_operators_wrapper_is_a_valid_shell_script():
    """It is typed on every visit; a slip in it would be met at the worst moment."""
    script = PROJECT / "packaging" / "watcher.sh"
    subprocess.run(["sh", "-n", str(script)], check=True, timeout=10)
    for name in ("WATCHER_RULES", "WATCHER_DB"):
        (in_unit,) = [value for value in _unit()["Service"]["Environment"] if value.startswith(name)]
        assert in_unit in script.read_text(encoding="utf-8")


def test_install_names_only_commands_that_exist():
    """A page to follow word by word must not name a command that answers "no such command"."""
    from watcher.cli import cli

    text = (PROJECT / "docs" / "install.md").read_text(encoding="utf-8")
    code = re.findall(r"`[^`]*`|^ {4,}\$.*$", text, flags=re.MULTILINE)
    typed = {word for line in code for word in re.findall(r"\bwatcher ([a-z]+)", line)} - {"watcher"}
    missing = typed - set(cli.commands)
    assert typed and not missing


def test_links_within_install_lead_somewhere():
    """GitHub makes anchors from headings; a renamed heading breaks its links silently."""
    text = (PROJECT / "docs" / "install.md").read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    links = set(re.findall(r"\]\(#([^)]+)\)", text))
    assert links and links <= anchors
