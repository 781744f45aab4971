"""`watcher feeds`: adding, turning off, lists that travel between readers; comments of the file stay."""

from __future__ import annotations

from cli_terminal import rss

HOME = '<html><head><link rel="alternate" type="application/rss+xml" title="Gamma" href="{}"></head><body>news</body></html>'


def _comments(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#")]


def test_the_feed_of_a_home_page_is_found_and_comments_stay(started, feed_server) -> None:
    """People know the address of a newspaper, not that of its feed; and what they wrote into the file is theirs."""
    feed = feed_server.serve("/gamma.rss", rss("Gamma", ("https://gamma.test/1", "Rain", "Rain.")))
    home = feed_server.serve("/gamma", HOME.format("/gamma.rss"), "text/html")
    before = started.rules()
    answer = started.watcher("feeds", "add", home, "--allow-private", "--language", "km")
    assert answer.status == 0
    assert f"Gamma, {feed}" in answer.out
    assert _comments(started.rules()) == _comments(before)
    assert f'url = "{feed}"' in started.rules()
    assert started.watcher("check").status == 0


def test_what_is_no_feed_or_there_already_is_not_added(started, feed_server) -> None:
    """A page that is polled as a feed would be a source that is never read."""
    page = feed_server.serve("/page", "<html><body>no feed</body></html>", "text/html")
    feed = feed_server.serve("/once.rss", rss("Once", ("https://once.test/1", "Rain", "Rain.")))
    assert started.watcher("feeds", "add", feed, "--allow-private").status == 0
    before = started.rules()
    for url, word in ((page, "no feed there"), (feed, "is there already"), (feed_server.url + "/gone", "404")):
        answer = started.watcher("feeds", "add", url, "--allow-private")
        assert (answer.status, word in answer.err) == (2, True)
    assert started.rules() == before


def test_a_private_address_is_refused_with_the_way_to_allow_it(started, feed_server) -> None:
    """Nobody is led into the own network unawares, and nobody is left without the answer."""
    answer = started.watcher("feeds", "add", feed_server.url + "/a.rss")
    assert answer.status == 2
    assert "--allow-private" in answer.err


def test_off_and_on_again_leaves_the_feed_as_it_was(started) -> None:
    """A source that is off is not asked, and its name in any case works."""
    started.watcher("feeds", "add", "https://alpha.test/", "--no-fetch", "--title", "Alpha News")
    assert started.watcher("feeds", "off", "alpha news").status == 0
    assert "off" in started.watcher("feeds").out
    assert "is off" in started.watcher("poll", "Alpha News").err
    assert started.watcher("feeds", "on", "https://alpha.test/").status == 0
    assert "off" not in started.watcher("feeds").out


def test_a_list_goes_out_and_comes_back_the_same(started) -> None:
    """Lists of feeds are exchanged between organisations; a missing rules file is made for them."""
    for number, language in ((1, "km"), (2, "zh-Hant"), (3, "en")):
        started.watcher("feeds", "add", f"https://f{number}.test/feed", "--no-fetch", "--title", f"Feed & {number}", "--language", language)
    listed = started.watcher("feeds", "export").out
    (started.folder / "list.opml").write_text(listed, "utf-8")
    answer = started.watcher("--rules", "new.toml", "feeds", "import", "list.opml", "--allow-private")
    assert (answer.status, answer.out) == (0, "3 feeds added to new.toml, 0 skipped\n")
    assert started.watcher("--rules", "new.toml", "feeds", "export").out == listed
    assert (started.folder / "new.toml").read_text("utf-8").count("\nallow_private = true") == 3
    assert started.watcher("--rules", "new.toml", "check").status == 0
    again = started.process("--rules", "new.toml", "feeds", "import", "-", given=listed.encode())
    assert (again.status, again.out) == (0, "0 feeds added to new.toml, 3 skipped\n")


def test_a_mistake_in_the_file_is_said_with_its_own_name(started) -> None:
    """With two files about, the wrong name sends people to the wrong one."""
    (started.folder / "broken.toml").write_text("[watcher\n", "utf-8")
    for command in (("feeds", "off", "x"), ("feeds", "add", "https://a.test/", "--no-fetch")):
        answer = started.watcher("--rules", "broken.toml", *command)
        assert (answer.status, answer.err.startswith("broken.toml:1: ")) == (2, True)


def test_check_feeds_tells_what_answers_and_lists_what_does_not(started, feed_server) -> None:
    """Before the first start an operator must see which sources can be read from here."""
    feed = feed_server.serve("/check.rss", rss("Check", ("https://check.test/1", "Rain", "Rain.")))
    started.watcher("feeds", "add", feed, "--allow-private", "--language", "km", "--title", "Answers")
    started.watcher("feeds", "add", feed_server.url + "/none", "--allow-private", "--no-fetch", "--title", "Mute")
    answer = started.watcher("check", "--feeds", "--send-test", "files")
    assert answer.status == 0
    assert "km: 1 of 1 answered" in answer.out
    assert "Never answered from here: Mute." in answer.out
    assert answer.err.splitlines()[-1] == "Next: watcher run"
    assert len(list((started.folder / "digests").glob("*.eml"))) == 1
