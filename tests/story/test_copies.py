"""Whether two outlets print the same words."""

from __future__ import annotations

import pytest
from story_archive import Archive, report

from watcher.story.text import repeats, same_title, text_keys, title_keys

TEXTS = {
    "en": "Officers took the group to the airport before dawn. They had been held since a search of a guest house near the river, where phones "
    "and scripts for calls were found. A chartered plane was waiting. The embassy thanked the authorities.",
    "zh": "警方周三凌晨将这批人员带往机场。他们在河边一家旅馆被查获后一直被关押，现场发现大量手机和通话脚本。一架包机已在停机坪等候。使馆对当局表示感谢，并称国内的调查仍在继续进行。",
    "th": "เจ้าหน้าที่นำตัวกลุ่มคนดังกล่าวไปยังสนามบินก่อนรุ่งสาง หลังถูกควบคุมตัวจากการตรวจค้นเกสต์เฮาส์ริมแม่น้ำ ซึ่งพบโทรศัพท์และบทสนทนาจำนวนมาก "
    "โดยมีเครื่องบินเช่าเหมาลำรออยู่ สถานทูตขอบคุณทางการและระบุว่าการสอบสวนยังดำเนินต่อไป",
    "km": "មន្ត្រីបាននាំក្រុមនេះទៅកាន់ព្រលានយន្តហោះមុនពេលថ្ងៃរះ។ ពួកគេត្រូវបានឃាត់ខ្លួនតាំងពីការឆែកឆេរផ្ទះសំណាក់ក្បែរមាត់ទន្លេ ដែលរកឃើញទូរស័ព្ទ និងអត្ថបទសម្រាប់និយាយ។ "
    "យន្តហោះជួលមួយកំពុងរង់ចាំ។ ស្ថានទូតបានថ្លែងអំណរគុណដល់អាជ្ញាធរ ហើយការស៊ើបអង្កេតនៅតែបន្ត។",
}


@pytest.mark.parametrize("language", TEXTS)
def test_copy_with_another_head_and_foot_is_found_in_every_script(language):
    """Outlets add a dateline and a footer; the agency's words between them are still one source's."""
    text = TEXTS[language]
    copy = f"Staff writer 12:40\n{text}\nSubscribe to our newsletter."
    assert repeats(text, copy)
    assert text_keys(text) & text_keys(copy)
    archive = Archive()
    archive.add(report(text=text, language=language, source="AP"))
    assert archive.add(report(text=copy, language=language, source="Daily")).story == 1


def test_first_half_of_a_text_is_a_copy_of_it():
    """A feed's summary is the beginning of what another outlet prints whole."""
    assert repeats(TEXTS["en"], TEXTS["en"] + " " + "And much more was said at the ministry that day about other things. " * 10)


def test_shared_footer_makes_no_copy():
    """Every article of an outlet ends in the same lines; that is no reason to call them one."""
    foot = " Sign up for our newsletter and follow us on your favourite platform. Your address will not be published."
    assert not repeats(
        TEXTS["en"] + foot, "Traders in the border town asked for longer opening hours of the checkpoint on Monday. " * 3 + foot
    )


def test_short_texts_say_nothing():
    """Two teasers "Read the full story on our site" are equal and mean nothing."""
    assert not repeats("Read the full story on our site.", "Read the full story on our site.")


def test_headlines_of_other_numbers_or_other_words_are_not_the_same():
    """Near-equal means one editor's comma, not another event."""
    assert same_title("Police raid scam compound in Bavet, dozens held", "Police raid scam compound in Bavet; dozens held")
    assert not same_title("Cambodia deports 25 Vietnamese over scams", "Cambodia deports 35 Vietnamese over scams")
    assert not same_title("Police raid scam compound in Bavet", "Ministers of two countries meet on trade")
    assert not same_title("", "")
    assert title_keys("Police raid scam compound in Bavet") & title_keys("Police raid scam compound in Bavet today")
