"""An edit of rules.toml while the service runs: the archive is judged again, and what that finds is listed, or told where it is asked for."""

from __future__ import annotations

from loopback import FeedServer, Item, Receiver, sections
from news import OLD_STOCK
from service_process import Service

ARREST = Item(
    "arrest",
    "Police in Cambodia arrest 29 Kenyans in scam raid",
    "Police in Bavet arrested 29 Kenyans who had worked in an online scam compound in Cambodia.",
)
RESCUE = Item(
    "rescue",
    "38 Nepalis rescued from scam compound in Cambodia",
    "Police in Poipet rescued 38 Nepalis from an online scam compound in Cambodia.",
)
DEPORTED, AND_ARRESTED = "NEAR/60 @deported)", "NEAR/60 (@deported OR @arrested))"
AND_RESCUED = "NEAR/60 (@deported OR @arrested OR @rescued))"
JUDGED_AGAIN = "SELECT count(*) FROM rule_changes WHERE state = 'done' AND judged > 0"
DECIDED = "SELECT count(DISTINCT audience) >= 2 FROM told WHERE story = (SELECT max(id) FROM stories)"  # by both alerts


def edit(service: Service, *changes: tuple[str, str]) -> None:
    """Save the rules file as an editor does."""
    text = service.rules.read_text(encoding="utf-8")
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    new = service.rules.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(service.rules)


def test_what_a_rule_change_finds_is_listed_and_is_told_only_where_that_is_asked_for(
    service: Service, newsroom: FeedServer, slack: Receiver, ledger: Receiver
) -> None:
    """An operator adds a word at noon; whether old stories go into everybody's mail by that is for the operator to say."""
    edit(service, ("lead = ", "# no leads: "))
    newsroom.add(OLD_STOCK)
    service.start()
    service.until(lambda: newsroom.polls(304), "a second poll: from here on news are live")
    newsroom.add(ARREST, RESCUE)
    service.until(
        lambda: service.count("SELECT count(*) FROM entries JOIN feeds ON feeds.id = feed WHERE kind <> 'canary'") == 3,
        "an arrest and a rescue, which the rules do not match",
    )
    assert service.count("SELECT count(*) FROM stories") == 1

    edit(service, (DEPORTED, AND_ARRESTED))
    service.until(lambda: service.count(JUDGED_AGAIN) == 1 and service.count(DECIDED), "the arrest, found and decided upon")
    listed = service.json("status")["judging_again"]
    assert (listed["state"], listed["texts"], listed["stories_opened"], listed["stories_not_told"]) == ("done", 3, [2], [2])

    edit(service, (AND_ARRESTED, AND_RESCUED), ("[watcher]", '[watcher]\nafter_rule_change = "tell"'))
    service.until(lambda: service.count(JUDGED_AGAIN) == 2 and slack.accepted and ledger.accepted, "the rescue, found and told")
    assert service.stop() < 10
    assert [["38 Nepali" in text for text in sections(post)] for post in slack.accepted] == [[True]]
    assert [b"38 Nepali" in post.body and b"29 Kenyan" not in post.body for post in ledger.accepted] == [True]
    assert "Found and told: #3." in " ".join(service.command("rules").stdout.split())
