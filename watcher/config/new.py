"""Answers to the questions of `watcher init` -> a commented rules.toml, from the one template that is shipped.

Asks nothing and writes nothing. Secrets are never part of it: the file names them, `.env` holds them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import resources

from watcher.config.blocks import quote
from watcher.model import ChannelKind

_TEMPLATE = resources.files("watcher") / "catalogues" / "rules.template"
_SMTP = ("SMTP_URL", "smtps://user:password@mail.example.org:465")
_SECRETS = {
    ChannelKind.EMAIL: (_SMTP,),
    ChannelKind.SLACK: (("SLACK_URL", "https://hooks.slack.com/services/..."),),
    ChannelKind.WEBHOOK: (("WEBHOOK_URL", "https://example.org/hook"), ("WEBHOOK_SECRET", "whsec_...")),
    ChannelKind.FOLDER: (),
}
_DEAD_MAN = ("DEAD_MAN_URL", "https://hc-ping.example.org/...")


@dataclass(frozen=True, slots=True)
class Answers:
    """What `init` asks. With nothing answered it is the file that is shipped beside the README."""

    time_zone: str = "Asia/Phnom_Penh"
    contact: str = "ops@example.org"
    channel: ChannelKind = ChannelKind.FOLDER  # the first channel
    to: tuple[str, ...] = ()  # mail addresses, for a channel of kind email
    sender: str = ""  # its "from"; the contact where none is given
    folder: str = "digests"
    operator: tuple[str, ...] = ()  # mail addresses for faults; without one the first channel hears of them
    dead_man: bool = False  # whether an outside watchdog is pinged; its address goes into .env
    catalogues: tuple[str, ...] = ("cambodia-scam",)


def write_new(answers: Answers) -> str:
    """Return the file. The answers are not checked here: load the text to see whether they are right."""
    name = "staff" if answers.channel is not ChannelKind.FOLDER else "files"
    apart = bool(answers.operator)  # faults never go to those who read the news
    values = {
        "TIME_ZONE": _aligned(f"time_zone = {quote(answers.time_zone)}"),
        "CONTACT": _aligned(f"contact = {quote(answers.contact)}"),
        "CATALOGUES": _aligned(f"catalogues = {_list(answers.catalogues)}"),
        "MUST_READ": _aligned("must_read = " + ('["km", "zh", "ko", "th"]' if answers.catalogues else "[]")),
        "DEAD_MAN": _aligned(f'{"" if answers.dead_man else "# "}dead_man = "${{{_DEAD_MAN[0]}}}"'),
        "OPERATOR": _aligned(f"to = [{quote('ops' if apart else name)}]"),
        "CHANNEL": quote(name),
        "CHANNELS": _channels(answers, name, apart),
    }
    text = _TEMPLATE.read_text("utf-8")
    for key, value in values.items():
        text = text.replace(f"@@{key}@@", value)
    return text


def secret_lines(answers: Answers) -> tuple[tuple[str, str], ...]:
    """The secrets that the file of these answers names: (name, what its value looks like), for `.env`."""
    named = [*_SECRETS[answers.channel], *([_SMTP] if answers.operator else []), *([_DEAD_MAN] if answers.dead_man else [])]
    return tuple(dict.fromkeys(named))


def _channels(answers: Answers, name: str, apart: bool) -> str:
    first = _table(answers, name, answers.to)
    return first + ("\n" + _table(replace(answers, channel=ChannelKind.EMAIL), "ops", answers.operator) if apart else "")


def _table(answers: Answers, name: str, to: tuple[str, ...]) -> str:
    rows = ["[[channels]]", f"name = {quote(name)}", f"kind = {quote(answers.channel)}"]
    if answers.channel is ChannelKind.EMAIL:
        rows += [
            'server = "${SMTP_URL}"',
            f"from = {quote(answers.sender or answers.contact)}",
            f"to = {_list(to)}",
            'reads = ["en", "km"]',
        ]
    elif answers.channel is ChannelKind.SLACK:
        rows += ['url = "${SLACK_URL}"']
    elif answers.channel is ChannelKind.WEBHOOK:
        rows += ['url = "${WEBHOOK_URL}"', 'secret = "${WEBHOOK_SECRET}"']
    else:
        rows += [f"folder = {quote(answers.folder)}"]
    return "\n".join(rows) + "\n"


def _aligned(row: str) -> str:
    """A row with room behind it for its comment, in the column of the template's other comments."""
    return f"{row:<37} "


def _list(values: tuple[str, ...]) -> str:
    return f"[{', '.join(quote(value) for value in values)}]"
