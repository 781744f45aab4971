"""Newsroom and sinks -> the text of the demo's rules.toml: a whole one, as an operator would have it.

Nothing is written or checked here. Addresses of mail, Slack and webhook stand in it as ${...}, as they should.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import time

from watcher.demo.sample import LOCAL, Outlet, Sample

FIRST_LINE = "# The rules file of `watcher demo`. Everything it names is invented, and stops with the demo."

_HEAD = """\
{first_line}

[watcher]
time_zone = "{zone}"
contact = "ops@watcher-demo.example"
must_read = ["km", "zh", "ko", "th"]
not_covered = ["Facebook and Telegram of police and Immigration Department"]

[operator]
to = ["ops"]

[[rules]]
name = "scam-deportation"
match = "@cambodia AND (@scam NEAR/60 @deported)"
lead = "@cambodia AND (@scam OR @deported)"

[[rules.examples]]
text = "Cambodia deported 40 foreigners who worked in an online scam compound."
match = true

[[rules.examples]]
text = "Hotels in Cambodia expect more visitors this year."
match = false

[[rules]]
name = "scam-raid"
match = "@cambodia AND ((@scam NEAR/60 @arrested) OR (@scam NEAR/60 @raid))"

[[channels]]
name = "staff"
kind = "email"
server = "${{SMTP_URL}}"
tls = "none"    # the demo's mail server is on this machine; a real one is asked for TLS
allow_private = true
from = "watcher@watcher-demo.example"
to = ["staff@watcher-demo.example"]
reads = ["en", "km"]

[[channels]]
name = "ops"
kind = "email"
server = "${{SMTP_URL}}"
tls = "none"
allow_private = true
from = "watcher@watcher-demo.example"
to = ["ops@watcher-demo.example"]

[[channels]]
name = "files"
kind = "folder"
folder = {folder}

[[channels]]
name = "team"
kind = "slack"
url = "${{SLACK_URL}}"
allow_private = true

[[channels]]
name = "ledger"
kind = "webhook"
url = "${{WEBHOOK_URL}}"
secret = "${{WEBHOOK_SECRET}}"
allow_private = true

[[digests]]
name = "daily"
every = "day"
at = "{at:%H:%M}"
channels = ["staff", "files", "team", "ledger"]
when_empty = "send"
"""


def write_rules(sample: Sample, url_of: Callable[[Outlet], str], *, folder: str, at: time) -> str:
    """Return the rules file; `folder` is where digests are left, `at` when they are due in the newsroom's zone."""
    head = _HEAD.format(first_line=FIRST_LINE, zone=LOCAL.key, folder=_text(folder), at=at)
    return head + "".join(_feed(outlet, url_of(outlet)) for outlet in sample.outlets)


def _feed(outlet: Outlet, url: str) -> str:
    lines = ["", "[[feeds]]", f"url = {_text(url)}", f"title = {_text(outlet.title)}", f"language = {_text(outlet.language)}"]
    if outlet.format == "search":
        lines.append('kind = "search"')
    lines += [f"{name} = true" for name, holds in (("key", outlet.key), ("state_media", outlet.state_media)) if holds]
    return "\n".join([*lines, "allow_private = true", ""])


def _text(value: str) -> str:
    """A TOML basic string; JSON's escapes are a part of TOML's (TOML 1.0, section String)."""
    return json.dumps(value, ensure_ascii=False)
