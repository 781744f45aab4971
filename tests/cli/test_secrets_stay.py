"""Every command that may speak of a channel, after failures of it: no secret is printed, logged or stored."""

from __future__ import annotations

from cli_terminal import FeedServer, Operator

SECRET = "hunter2hunter2"
CHANNELS = """
[[channels]]
name = "team"
kind = "slack"
url = "${SLACK_URL}"
allow_private = true

[[channels]]
name = "mail"
kind = "email"
server = "${SMTP_URL}"
tls = "none"
allow_private = true
from = "watcher@ngo.test"
to = ["staff@ngo.test"]
"""
COMMANDS = [
    "check", "check --send-test team", "check --send-test mail", "channels", "channels --json", "outbox", "outbox --json", "outbox send",
    "status", "status --json", "digest", "feeds", "poll --no-leads",
]  # fmt: skip


def test_log_1_no_command_prints_or_stores_a_secret(newsroom: Operator, feed_server: FeedServer) -> None:
    """What a command prints is sent to whoever helps; the database is copied for backups and bug reports."""
    path = f"/services/T0/B0/{SECRET}"
    feed_server.serve(path, f"no such page {path}", kind="text/plain", status=404)  # it repeats what it was asked for
    (newsroom.folder / "rules.toml").write_text(newsroom.rules() + CHANNELS, "utf-8")
    env = newsroom.folder / ".env"
    env.write_text(f"SLACK_URL='{feed_server.url}{path}'\nSMTP_URL='smtp://watcher:{SECRET}@127.0.0.1:1'\n", "utf-8")
    env.chmod(0o644)
    printed = {line: newsroom.watcher(*line.split()) for line in COMMANDS}
    assert "chmod 600 .env" in printed["check"].err
    refused = printed["check --send-test team"]
    assert refused.status == 1
    assert "answered 501" in refused.out + refused.err or "answered 404" in refused.out + refused.err
    for line, answer in printed.items():
        assert SECRET not in answer.out + answer.err, line
        assert "T0/B0" not in answer.out + answer.err, line
    for file in newsroom.folder.glob("watcher.db*"):
        assert SECRET.encode() not in file.read_bytes(), file
