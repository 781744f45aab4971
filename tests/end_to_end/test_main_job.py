"""The main job as one story: `watcher run` against a newsroom, a mail server, Slack and another system, with all that goes wrong."""

from __future__ import annotations

import json
import re
import time
from datetime import timedelta
from zoneinfo import ZoneInfo

from loopback import FeedServer, MailServer, Receiver, plain, sections
from news import CLOSED_LEAD, FIRST, LEAD, NOISE, OLD_EVENT, OLD_STOCK, WHILE_BROKEN, WHILE_DOWN
from service_process import SECRET, Service, utc_now
from standardwebhooks.webhooks import Webhook

TOLD = ("42 Thai", "18 South Korean", "77 Indonesian", "33 Malaysian")  # as far as texts, Slack and headlines spell it alike
NOT_TOLD = ("61 Vietnamese", "95 Filipino")
ALL_SENT = "SELECT count(*) = 0 FROM outbox WHERE state <> 'sent'"
STORIES = "SELECT count(*) FROM stories"


def test_each_story_is_told_once_to_each_audience_whatever_fails(
    service: Service, newsroom: FeedServer, mail: MailServer, slack: Receiver, ledger: Receiver
) -> None:
    """What staff rely on: nothing missed and nothing twice, through refusals, a broken file and a restart."""
    newsroom.add(OLD_STOCK, NOISE)
    service.start()
    service.until(lambda: service.count("SELECT count(*) FROM audiences") == 3, "the audiences")
    at = (utc_now() + timedelta(seconds=61)).astimezone(ZoneInfo("Asia/Phnom_Penh"))  # the next full minute, 1 to 61 s from now
    service.write_rules(at=f"{at:%H:%M}")
    service.until(lambda: newsroom.polls(304) >= 1, "a second poll, answered 304")
    assert service.count(STORIES) == 1
    assert service.count("SELECT count(*) FROM entries JOIN feeds ON feeds.id = feed WHERE kind <> 'canary'") == 2

    _refusals_then_yes(service, newsroom, mail, slack, ledger)
    _a_lead_is_decided_by_its_article(service, newsroom)
    _a_broken_rules_file_stops_nothing(service, newsroom)
    _a_second_run_is_refused(service)
    _a_restart_loses_nothing(service, newsroom, ledger)

    service.until(lambda: service.count("SELECT count(*) FROM digest_dates"), "the daily digest at its local time")
    newsroom.add(OLD_EVENT)
    service.until(lambda: service.count(STORIES) == 6, "the story of the old event")
    assert service.command("digest", "daily", "--send").returncode == 0
    service.until(lambda: service.count(ALL_SENT) and len(mail.to("staff@ngo.example")) == 2, "all messages sent")
    assert service.stop() < 10

    _assert_mail_alerts(mail)
    _assert_slack(slack)
    _assert_webhook(ledger)
    _assert_digests(mail)


def _refusals_then_yes(service: Service, newsroom: FeedServer, mail: MailServer, slack: Receiver, ledger: Receiver) -> None:
    """The first story meets a mail server that refuses, a Slack that is busy and a receiver in trouble."""
    mail.refusals += ["451 4.3.0 come back later"]
    slack.refusals += [(429, {"Retry-After": "1"})]
    ledger.refusals += [(503, {})]
    newsroom.add(FIRST)
    service.until(lambda: mail.refused and slack.posts and ledger.posts, "three channels that refuse the first alert")
    assert [post.status for post in slack.posts[:1] + ledger.posts[:1]] == [429, 503]
    assert mail.refused == ["desk@ngo.example"]


def _a_lead_is_decided_by_its_article(service: Service, newsroom: FeedServer) -> None:
    newsroom.forbidden.add(CLOSED_LEAD.name)
    newsroom.add(LEAD, CLOSED_LEAD)
    service.until(lambda: service.count(STORIES) == 3, "the story that only the article tells")
    service.until(lambda: service.count("SELECT count(*) FROM leads WHERE state = 'unreadable'"), "the lead that cannot be read")
    assert newsroom.asked_for("/robots.txt") == 1
    assert newsroom.asked_for(f"/news/{LEAD.name}") == 1


def _a_broken_rules_file_stops_nothing(service: Service, newsroom: FeedServer) -> None:
    good = service.rules.read_text(encoding="utf-8")
    service.rules.write_text(good.replace("@deported", "@deportedd"), encoding="utf-8")
    service.until(lambda: service.count("SELECT count(*) FROM meta WHERE name = 'rules_problem'"), "the broken file is noticed")
    newsroom.add(WHILE_BROKEN)
    service.until(lambda: service.count(STORIES) == 4, "a story under the last good rules")
    status = service.json("status")
    assert re.match(r"rules\.toml:\d+: .*@deportedd", status["rules_problem"])
    assert "watcher check" in [one["command"] for one in status["to_do"]]
    assert service.command("check").returncode == 2
    service.rules.write_text(good, encoding="utf-8")
    service.until(lambda: not service.count("SELECT count(*) FROM meta WHERE name = 'rules_problem'"), "the mended file is in force")


def _a_second_run_is_refused(service: Service) -> None:
    second = service.command("run")
    assert second.returncode == 2
    assert "another `watcher run` works on this database" in second.stderr
    assert len(second.stderr.strip().splitlines()) == 1


def _a_restart_loses_nothing(service: Service, newsroom: FeedServer, ledger: Receiver) -> None:
    assert service.stop() < 10
    assert service.command("status").returncode == 1, "a service that does not run is not well"
    assert service.json("status")["running_since"] is None
    newsroom.add(WHILE_DOWN)
    begun = time.monotonic()
    service.start()
    service.until(lambda: service.count(STORIES) == 5, "what the feed gained while the service was off")
    service.until(lambda: any(b"33 Malaysian" in post.body for post in ledger.accepted), "its alert")
    assert time.monotonic() - begun < 60, "a clean stop gives the sender's lease back; otherwise the next start waits two minutes"
    assert service.command("status").returncode == 0


def _assert_mail_alerts(mail: MailServer) -> None:
    texts = [plain(message) for message in mail.to("desk@ngo.example")]
    for people in TOLD:
        assert sum(_has_entry(text, people) for text in texts) == 1, (people, texts)
    assert not any(people in text for people in NOT_TOLD for text in texts)
    assert len({message["Message-ID"] for message in mail.to("desk@ngo.example")}) == len(texts)


def _assert_slack(slack: Receiver) -> None:
    texts = [section for post in slack.accepted for section in sections(post)]
    for people in TOLD:
        assert sum(people in text for text in texts) == 1, (people, texts)
    assert not any(people in text for people in NOT_TOLD for text in texts)
    assert slack.posts[0].body in [post.body for post in slack.accepted], "what was refused came again, byte for byte"


def _assert_webhook(ledger: Receiver) -> None:
    checked = [Webhook(SECRET).verify(post.body, dict(post.headers)) for post in ledger.posts]  # type: ignore[arg-type]
    assert len(checked) == len(ledger.posts) > len(ledger.accepted)
    headlines = [json.loads(post.body)["data"]["story"]["headline"] for post in ledger.accepted]
    assert len(headlines) == len(TOLD)
    assert all(any(headline.startswith(people) for headline in headlines) for people in TOLD)
    assert all(json.loads(post.body)["type"] == "story.new" for post in ledger.accepted)
    again = [post for post in ledger.posts if post.headers["webhook-id"] == ledger.posts[0].headers["webhook-id"]]
    assert [post.status for post in again] == [503, 200]


def _assert_digests(mail: MailServer) -> None:
    """The daily mail came by itself at its time, as START; what came later is in the second one. No story is in both."""
    first, second = mail.to("staff@ngo.example")
    assert first["Subject"].startswith("START")
    assert "START" not in second["Subject"]
    for people in (*TOLD, "61 Vietnamese"):
        assert sum(_has_entry(plain(message), people) for message in (first, second)) == 1, (people, plain(first), plain(second))
    assert not _has_entry(plain(second), "95 Filipino")
    assert sum(CLOSED_LEAD.title in plain(message) for message in (first, second)) == 1


def _has_entry(text: str, people: str) -> bool:
    """Whether a mail lists the story itself: a line that begins with its number."""
    return any(re.match(r"#\d+\s", line) and people in line for line in text.splitlines())
