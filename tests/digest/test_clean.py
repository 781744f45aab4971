"""Feed text and addresses, made harmless for where they are shown."""

from __future__ import annotations

import unicodedata

import pytest

from watcher.digest.clean import cut, host, language_tag, mail_link, mail_subject, one_line, slack_link, slack_text, web_link
from watcher.digest.wrap import WIDTH, columns, wrap


def test_g8_a_line_has_no_controls_overrides_or_hidden_characters():
    """A title can otherwise turn the rest of the mail around, or hide words in it."""
    assert one_line("a\r\nb\x00\x1b[31m \u202ec\u200bd\u2028e\ud800") == "a b [31m cd e"


def test_joiners_that_bengali_and_khmer_need_stay():
    """Without them some letters are other letters."""
    assert one_line("র\u200d্য") == "র\u200d্য"


def test_a_zero_width_space_stays_only_between_letters_of_scripts_without_spaces():
    """Khmer outlets write it between words: a line may be broken there. In other scripts it hides words from filters."""
    assert one_line("ជនជាតិ\u200b\u200bជប៉ុន \u200bនិង") == "ជនជាតិ\u200bជប៉ុន និង"
    assert one_line("s\u200bcam ក\u200bx \u200b") == "scam កx"


def test_piled_up_marks_are_thinned():
    """ "Zalgo" text covers the lines above and below it."""
    assert sum(unicodedata.combining(c) > 0 for c in one_line("a" + "\u0300\u0301" * 100)) <= 6


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "javascript://a.example/%0Aalert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://a.example/",
        "//a.example/",
        "https:///x",
        "https://user:secret@a.example/",
        "https://a.example@b.example/",
        "https://a.example\\@b.example/",
        "http://a.example/\u202egpj.exe",
        "http://a b.example/",
        "http://[::1/",
        "http://a.example:99999/",
        "https://a.example/" + "x" * 3000,
        "",
    ],
)
def test_link_1_only_plain_web_addresses_become_links(address: str):
    """All else is text without a link."""
    assert web_link(address) == ""


def test_g9_a_link_shows_where_it_leads():
    """A host that only looks like a known one is seen in its ASCII form."""
    assert web_link("HTTPS://www.Example.org/a?b=1&c=2#d") == "https://www.example.org/a?b=1&c=2#d"
    assert host(web_link("https://www.example.org/a")) == "example.org"
    assert web_link("https://аррӏе.example/ខ").startswith("https://xn--")
    assert web_link('https://a.example/"><script>') == "https://a.example/%22%3E%3Cscript%3E"


def test_mail_1_a_subject_cannot_smuggle_a_header_or_an_encoded_word():
    """Mail readers decode "=?" whoever wrote it."""
    assert mail_subject("a\r\nBcc: x@example.org =?utf-8?B?aGk=?=") == "a Bcc: x@example.org = ?utf-8?B?aGk= ?="
    assert len(mail_subject("word " * 200)) <= 180


def test_slack_gets_no_markup_from_a_feed():
    """A headline must not call the channel or hide a link."""
    assert slack_text("<!channel> *b* _i_ ~s~ `c` & @here") == "&lt;!channel&gt; ∗b∗ ˍiˍ ∼s∼ ˋcˋ &amp; ＠here"
    assert slack_link("https://a.example/?x=1&y=|>", "A|B <x>") == "<https://a.example/?x=1&amp;y=%7C%3E|A/B &lt;x&gt;>"
    assert slack_link("javascript:x", "A") == "A"


def test_a_language_that_is_no_language_is_left_out():
    """It would stand inside an attribute."""
    assert language_tag("zh-Hant-TW") == "zh-Hant-TW"
    assert [language_tag(text) for text in (None, "", 'en" onload="x', "english language")] == [""] * 4


def test_a_mail_link_is_made_only_of_a_mail_address():
    """A contact may also be a web page; then the mail shows it as text."""
    assert mail_link("ops@example.org", "watcher #12 wrong") == "mailto:ops@example.org?subject=watcher%20%2312%20wrong"
    assert mail_link("https://example.org/contact", "x") == ""


def test_text_wraps_by_columns_and_leaves_what_may_not_be_broken():
    """A broken address does not open; Chinese may be broken anywhere, but not before its full stop."""
    lines = wrap("警方突查一公寓，" * 20, "#1   ", "     ").splitlines()
    assert len(lines) > 3
    assert all(columns(line) <= WIDTH + 2 for line in lines)
    assert not any(line.strip().startswith("，") for line in lines)
    address = "https://a.example/" + "x" * 150
    assert address in wrap(f"see {address} now")
    assert cut("one two three four", 12) == "one two ..."


def test_khmer_and_thai_are_broken_where_words_end_and_nowhere_else():
    """A line end within a word makes another word of it; a long line is broken by the phone, which knows the words."""
    marked = "\u200b".join(["ជនជាតិ", "ជប៉ុន", "ត្រូវបាន", "និរទេស"] * 12)
    lines = wrap(marked, "#1   ", "     ").splitlines()
    assert len(lines) > 2
    assert all(columns(line) <= WIDTH for line in lines)
    assert {word for line in lines for word in line.removeprefix("#1").strip().split("\u200b")} == {"ជនជាតិ", "ជប៉ុន", "ត្រូវបាន", "និរទេស"}
    assert wrap("ត្រូវបាននិរទេស។" * 12).splitlines()[0].endswith("។")
    assert wrap('"ត្រូវបាននិរទេស។"') == '"ត្រូវបាននិរទេស។"'
    assert "\n" not in wrap("ជាច្រើននាក់" * 30)


def test_a_cut_prefers_the_end_of_a_word_where_the_outlet_marks_it():
    """A Khmer title cut within a word reads as another one."""
    title = "\u200b".join(["ជនជាតិជប៉ុន"] * 30)
    assert set(cut(title, 100).removesuffix(" ...").split("\u200b")) == {"ជនជាតិជប៉ុន"}
