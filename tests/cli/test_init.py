"""`watcher init`: questions a newcomer can answer, and a file that works."""

from __future__ import annotations

import pytest

ANSWERS = "Nowhere\nAsia/Phnom_Penh\nops\nops@ngo.test\n{}\n"
QUESTIONS = {
    "email": "a@ngo.test, b@ngo.test\n\nwrong\nops@ngo.test\ny\n",
    "slack": "ops@ngo.test\nn\n",
    "webhook": "\nn\n",
    "folder": "n\n",
}


@pytest.mark.parametrize("kind", QUESTIONS)
def test_answers_become_a_file_that_check_accepts(operator, kind: str) -> None:
    """Slips are asked again, not lost with all other answers."""
    answer = operator.process("init", given=(ANSWERS.format(kind) + QUESTIONS[kind]).encode())
    assert answer.status == 0, answer.err
    assert "There is no zone 'Nowhere'" in answer.err
    assert "'ops' is not a mail address" in answer.err
    assert answer.out.rstrip().splitlines()[-1].startswith("Next: watcher check" if kind == "folder" else "Then: watcher check")
    checked = operator.watcher("check")
    assert (checked.status, "right." in checked.out) == (0, True)


def test_faults_go_to_the_operator_by_mail_also_where_news_go_to_slack(operator) -> None:
    """Faults never stand among the news."""
    operator.process("init", given=(ANSWERS.format("slack") + QUESTIONS["slack"]).encode())
    text = operator.rules()
    assert 'to = ["ops"]' in text
    assert 'kind = "email"' in text
    assert 'kind = "slack"' in text


def test_without_a_terminal_it_says_how_to_go_on_and_writes_nothing(operator) -> None:
    """In a script or a container nobody answers."""
    answer = operator.process("init")
    assert answer.status == 2
    assert "watcher init --yes" in answer.err
    assert not (operator.folder / "rules.toml").exists()


def test_yes_asks_nothing_and_never_overwrites(operator) -> None:
    """A second init must not take away months of edits."""
    assert operator.watcher("init", "--yes", "--channel", "email").status == 2
    answer = operator.watcher("init", "--yes", "--contact", "ops@ngo.test", "--channel", "email", "--to", "a@ngo.test")
    assert answer.status == 0
    assert "SMTP_URL='" in answer.out
    before = operator.rules()
    assert operator.watcher("init", "--yes").status == 2
    assert operator.rules() == before


def test_secrets_of_the_env_file_beside_the_rules_are_used(operator) -> None:
    """init says "write these into .env"; so that must be enough, wherever the command is typed."""
    operator.watcher(
        "--rules", "config/rules.toml", "init", "--yes", "--contact", "ops@ngo.test", "--channel", "email", "--to", "a@ngo.test"
    )
    rules = ("--rules", "config/rules.toml")
    assert "SMTP_URL is not set" in operator.watcher(*rules, "check").err
    secrets = operator.folder / "config" / ".env"
    secrets.write_text("# of the mail account\nSMTP_URL='smtps://user:geheim@mail.test:465'\n", "utf-8")
    secrets.chmod(0o600)
    assert operator.watcher(*rules, "check").err.startswith("Next: ")
    secrets.write_text("SMTP_URL smtps://user:geheim@mail.test\n", "utf-8")
    wrong = operator.watcher(*rules, "check")
    assert (wrong.status, ".env:1: " in wrong.err, "geheim" in wrong.err) == (2, True, False)
