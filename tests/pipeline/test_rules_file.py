"""rules.toml on disk: what is in force while it is edited, broken, missing, or the service starts anew."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from corridor import ENVIRONMENT, RULES, Reply, bring, entry, lead, value

from watcher.pipeline import housekeeping
from watcher.pipeline.add_article import add_article, judge_by_hand
from watcher.pipeline.backfill import backfill_file
from watcher.pipeline.leads import follow_leads
from watcher.pipeline.rejudge import come_into_force
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.tools import Tools, open_tools
from watcher.store import feeds, operations

BROKEN = RULES.replace("@deported", "@deportedd")


def save(rules: RulesFile, text: str) -> None:
    """Replace the file as editors do."""
    new = rules.path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(rules.path)


def test_an_unchanged_file_is_not_read_again(rules) -> None:
    """Rules are compiled in a second; a service looks every quarter of a minute."""
    before = rules.watch
    assert rules.reread() is False
    assert rules.watch is before


def test_an_edit_comes_into_force(rules) -> None:
    """No restart is needed for a new digest time."""
    save(rules, RULES.replace('at = "07:00"', 'at = "18:30"'))
    assert rules.reread() is True
    assert rules.problem is None
    assert rules.watch.config.digests[0].at.hour == 18


@pytest.mark.parametrize("text", [BROKEN, "this is no TOML", "", RULES.replace("[[digests]]", "[[digest]]")])
def test_a_broken_edit_leaves_the_last_good_rules_in_force(text, rules) -> None:
    """A typo on Friday evening must not stop the mail of Saturday."""
    before = rules.watch
    save(rules, text)
    assert rules.reread() is True
    assert rules.watch is before
    assert rules.problem is not None and rules.problem.startswith("rules.toml")
    save(rules, RULES)
    assert rules.reread() is True
    assert rules.problem is None


def test_a_file_that_vanished_leaves_the_last_good_rules_in_force(rules) -> None:
    """An unmounted folder is no order to stop."""
    rules.path.unlink()
    assert rules.reread() is True
    assert rules.problem is not None and "no such file" in rules.problem
    save(rules, RULES)
    assert rules.reread() is True
    assert rules.problem is None


def test_a_restart_with_a_broken_file_goes_on_with_what_the_database_keeps(rules, database, now) -> None:
    """A power cut after the typo: the service starts all the same, and says what is wrong."""
    save(rules, BROKEN)
    restarted = RulesFile.load(rules.path, last_good=operations.recall(database, housekeeping.GOOD_RULES), environment=ENVIRONMENT)
    assert restarted.problem is not None and "@deportedd" in restarted.problem
    assert restarted.watch.fingerprint == rules.watch.fingerprint


def test_a_first_start_with_a_broken_file_refuses(rules) -> None:
    """Before any good rules there is nothing to go on with."""
    save(rules, BROKEN)
    with pytest.raises(ExceptionGroup):
        RulesFile.load(rules.path, environment=ENVIRONMENT)


def test_a_wrong_file_is_said_to_the_operator_until_it_is_mended(rules, database, now) -> None:
    """`status`, the operator's mail and the digest read it from here."""
    save(rules, BROKEN)
    rules.reread()
    housekeeping.apply(database, rules, now)
    (fault,) = operations.faults(database)
    assert (fault.subject, fault.mend, fault.urgent) == ("rules", "watcher check", False)
    assert operations.recall(database, housekeeping.GOOD_RULES) == RULES
    save(rules, RULES)
    rules.reread()
    housekeeping.apply(database, rules, now)
    assert operations.faults(database) == []
    assert operations.recall(database, housekeeping.RULES_PROBLEM) is None


def test_a_secret_that_stands_in_the_file_is_not_kept_in_the_database(tmp_path: Path, database, now) -> None:
    """Backups and researchers get the database; passwords must not be in it."""
    file = tmp_path / "rules.toml"
    file.write_text(RULES.replace("${SLACK_URL}", "https://hooks.slack.test/services/T0/B0/very-secret"), encoding="utf-8")
    rules = RulesFile.load(file, environment=ENVIRONMENT)
    housekeeping.apply(database, rules, now)
    assert "very-secret" not in str(value(database, "SELECT group_concat(value) FROM meta"))
    again = RulesFile.load(file, last_good=operations.recall(database, housekeeping.GOOD_RULES), environment=ENVIRONMENT)
    assert again.watch.config.channel("team") is not None


async def test_no_loop_writes_a_secret_of_the_file_into_the_database(tmp_path: Path, rules, web, clock, now) -> None:
    """Each of them stores the rules that it judged by; every page of the file is searched, free ones too."""
    secrets = ("hush-slack", "hush-ledger", "hush-dead-man", "hush-comment")
    text = RULES.replace("${SLACK_URL}", "https://hooks.slack.test/hush-slack").replace("${LEDGER_URL}", "https://ledger.test/hush-ledger")
    text = text.replace("[watcher]", '[watcher]\ndead_man = "https://ping.test/hush-dead-man"  # hush-comment')
    for number, way in enumerate(("poll", "leads", "backfill", "by hand", "apply", "run")):
        save(rules, text)
        path = tmp_path / f"{number}.db"
        async with open_tools(RulesFile.load(rules.path, environment=ENVIRONMENT), path, clock=clock) as tools:
            await _store_rules(tools, way, web, now)
        found = path.read_bytes()
        assert b"scam-deportation" in found, f"{way}: the rules themselves are kept"
        assert [secret for secret in secrets if secret.encode() in found] == [], way


PAGE = """<!doctype html><html lang=en><title>t</title><body><article><h1>Embassy</h1>
<p>The embassy thanked officers in Phnom Penh on behalf of the families of those concerned, and said that it was relieved.</p>
<p>Cambodia deported 18 South Koreans who had worked in an online scam compound in Kandal, the immigration police said.</p>
<p>The eighteen were handed over at the airport to officers who had come from Seoul, and left in the evening.</p></article>"""


async def _store_rules(tools: Tools, way: str, web, now) -> None:
    """One of the ways in which rules come into a database."""
    watch, writer = tools.rules.watch, tools.writer
    article = entry(31, "Thais", now)
    if way == "run":
        await writer.run(housekeeping.start, tools.rules, now)
    elif way == "apply":
        await writer.run(come_into_force, watch, now)
    elif way == "by hand":
        await writer.run(
            lambda database: add_article(database, judge_by_hand(article, watch), watch, by="x", tell=False, outlet=None, now=now)
        )
    elif way == "backfill":
        line = json.dumps({"url": article.url, "title": article.title, "text": article.text}).encode()
        await asyncio.to_thread(backfill_file, writer, [line], watch, now=now, on_bad_line=str)
    else:
        await writer.run(lambda database: feeds.configure(database, housekeeping.configured(watch.config, now), now))
        brought = lead(f"{web.base}/a", now) if way == "leads" else article
        await writer.run(lambda database: bring(database, watch, "Courier", now, brought))
        if way == "leads":  # its page is judged by rules that the database has not seen
            await writer.run(lambda database: database.conn.execute("UPDATE rule_sets SET hash = 'other', text = ''"))
            web.replies["/a"] = [Reply(200, PAGE.encode(), {"Content-Type": "text/html"})]
            assert (await follow_leads(tools)).read == 1


def test_a_missing_secret_is_said_and_pauses_its_channel_alone(rules, database, now) -> None:
    """One unset variable must not stop the others, and must not be overlooked."""
    without = RulesFile.load(rules.path, environment={name: text for name, text in ENVIRONMENT.items() if name != "SLACK_URL"})
    housekeeping.apply(database, without, now)
    (fault,) = operations.faults(database)
    assert (fault.subject, "SLACK_URL is not set" in fault.text) == ("secret:team", True)
    assert [channel.name for channel in without.watch.config.channels if channel.missing] == ["team"]
    housekeeping.apply(database, rules, now)
    assert operations.faults(database) == []


AMHARIC = 'code = "am"\nname = "Amharic"\ntags = ["am"]\n[concepts]\nscam = ["ማጭበርበር"]\n'
ASKS_AMHARIC = RULES.replace("@cambodia AND @compound", "@cambodia AND (@compound OR @scam.am)")


def save_language(rules: RulesFile, text: str, name: str = "am.toml") -> Path:
    path = rules.path.parent / "languages" / name
    path.parent.mkdir(exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    return new.replace(path)


def codes(rules: RulesFile) -> set[str]:
    return {language.code for language in rules.watch.vocabulary.languages}


def test_a_language_beside_the_rules_comes_into_force_and_goes_again(rules) -> None:
    """A speaker's file works the same day, without a restart; taken away, it is gone."""
    before = rules.watch.fingerprint
    path = save_language(rules, AMHARIC)
    assert rules.reread() is True
    assert rules.problem is None and "am" in codes(rules)
    added = rules.watch.fingerprint
    assert added != before
    assert rules.reread() is False
    save_language(rules, AMHARIC + '[people]\ncounters = ["ሰዎች"]\n')
    assert rules.reread() is True
    assert rules.watch.fingerprint not in (before, added), "what claims are read with makes a new rule set too"
    path.unlink()
    assert rules.reread() is True
    assert "am" not in codes(rules) and rules.watch.fingerprint == before


def test_a_broken_language_leaves_the_last_good_rules_in_force(rules) -> None:
    """A typo of a volunteer must not stop the mail of everybody."""
    save_language(rules, AMHARIC)
    rules.reread()
    before = rules.watch
    save_language(rules, AMHARIC.replace("scam =", "scma ="))
    assert rules.reread() is True
    assert rules.watch is before
    assert rules.problem == "languages/am.toml:5: [concepts] unknown key 'scma'; did you mean scam?"
    save_language(rules, AMHARIC)
    assert rules.reread() is True and rules.problem is None


def test_a_restart_with_a_broken_language_goes_on_with_the_one_that_was_good(rules, database, now) -> None:
    """The rules may need a word of it: the shipped languages alone would not do."""
    save_language(rules, AMHARIC)
    save(rules, ASKS_AMHARIC)
    assert rules.reread() is True and rules.problem is None
    housekeeping.apply(database, rules, now)
    save_language(rules, "this is no TOML")
    restarted = RulesFile.load(rules.path, last_good=operations.recall(database, housekeeping.GOOD_RULES), environment=ENVIRONMENT)
    assert restarted.problem is not None and restarted.problem.startswith("languages/am.toml:1: ")
    assert "am" in codes(restarted)
    assert restarted.watch.fingerprint == rules.watch.fingerprint
    housekeeping.apply(database, restarted, now)
    again = RulesFile.load(rules.path, last_good=operations.recall(database, housekeeping.GOOD_RULES), environment=ENVIRONMENT)
    assert again.watch.fingerprint == rules.watch.fingerprint, "a second restart finds the same"


def test_kept_languages_that_no_longer_pass_do_not_stop_a_restart(rules) -> None:
    """An upgrade may be stricter than what was kept; better without the file than not at all."""
    save(rules, BROKEN)
    kept = json.dumps({"rules": RULES, "languages": {"am.toml": "of another time"}})
    restarted = RulesFile.load(rules.path, last_good=kept, environment=ENVIRONMENT)
    assert restarted.problem is not None and "am" not in codes(restarted)


def test_a_first_start_with_a_broken_language_refuses(rules) -> None:
    """As with rules.toml: nothing good to go on with."""
    save_language(rules, AMHARIC.replace("scam =", "scma ="))
    with pytest.raises(ExceptionGroup):
        RulesFile.load(rules.path, environment=ENVIRONMENT)
