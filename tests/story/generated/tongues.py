"""How ten languages say who, how many, where and when: a Tongue turns facts into the pieces of a sentence.

The sentences themselves are in `sentences`. No inflection is modelled: each language has the one form its sentences use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

NATIONS = ("CN", "VN", "TH", "ID", "JP", "KR", "TW", "MY", "IN", "PH")
PLACES = ("Phnom Penh", "Sihanoukville", "Poipet", "Bavet", "Kampot", "Kandal", "Siem Reap", "Koh Kong")


@dataclass(frozen=True)
class Tongue:
    """The pieces of one language. Patterns have {n} for a figure and {x} for a people or a part of a date."""

    code: str
    counted: str  # "{n} {x} nationals"
    nobody_counted: str  # "a group of {x} nationals"
    more_than: str  # the figure's own wording: "more than {n}"; empty where the language has "about {n}" for both
    nearly: str
    foreigners: str
    nations: Mapping[str, str]
    countries: Mapping[str, str]
    places: Mapping[str, str]
    day: str  # "on {d} {m}"
    month: str  # "in {m}"
    months: tuple[str, ...]
    thousands: str = ","
    own: tuple[str, str] | None = None  # a people for which the language has a word of its own: ("ID", "{n} WNI")
    join: str = " and "
    months_in: tuple[str, ...] = ()  # where a month by itself has another form

    def figure(self, number: int, wording: str = "exact") -> str:
        """A number as printed, with its wording."""
        text = f"{number:,}".replace(",", self.thousands)
        pattern = {"more_than": self.more_than, "nearly": self.nearly, "about": self.nearly}.get(wording, "{n}")
        return pattern.format(n=text)

    def who(self, number: int | None, nations: tuple[str, ...], wording: str = "exact") -> str:
        """The people: "25 Japanese nationals"; no nations are foreigners; no number is a group."""
        if not nations:
            return self.foreigners.format(n=self.figure(number or 0, wording))
        named = self.join.join(self.nations[nation] for nation in nations)
        if number is None:
            return self.nobody_counted.format(x=named)
        if self.own and nations == (self.own[0],):
            return self.own[1].format(n=self.figure(number, wording))
        return self.counted.format(n=self.figure(number, wording), x=named)

    def on(self, day: date) -> str:
        """A day without its year, as news prints it."""
        return self.day.format(d=day.day, m=self.months[day.month - 1])

    def during(self, day: date) -> str:
        """A month without its year, as in "in March"."""
        return self.month.format(m=(self.months_in or self.months)[day.month - 1])

    def bare(self, day: date) -> str:
        """A day without the small word before it: "March 8"."""
        return self.on(day).removeprefix("on ").removeprefix("pada ").removeprefix("le ").removeprefix("el ")


def _named(codes: tuple[str, ...], words: str) -> dict[str, str]:
    return dict(zip(codes, words.split("|"), strict=True))


_NUMBERED = tuple(str(number) for number in range(1, 13))
_LATIN_PLACES = _named(PLACES, "Phnom Penh|Sihanoukville|Poipet|Bavet|Kampot|Kandal|Siem Reap|Koh Kong")

TONGUES: dict[str, Tongue] = {
    tongue.code: tongue
    for tongue in (
        Tongue(
            "en", "{n} {x} nationals", "a group of {x} nationals", "more than {n}", "nearly {n}", "{n} foreigners",
            _named(NATIONS, "Chinese|Vietnamese|Thai|Indonesian|Japanese|South Korean|Taiwanese|Malaysian|Indian|Filipino"),
            _named(NATIONS, "China|Vietnam|Thailand|Indonesia|Japan|South Korea|Taiwan|Malaysia|India|the Philippines"),
            _LATIN_PLACES, "on {m} {d}", "{m}",
            ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
        ),
        Tongue(
            "zh", "{n}名{x}公民", "一批{x}公民", "超过{n}", "近{n}", "{n}名外国人",
            _named(NATIONS, "中国|越南|泰国|印尼|日本|韩国|台湾|马来西亚|印度|菲律宾"),
            _named(NATIONS, "中国|越南|泰国|印尼|日本|韩国|台湾|马来西亚|印度|菲律宾"),
            _named(PLACES, "金边|西哈努克市|波贝|巴域|贡布|干丹省|暹粒|国公"), "{m}月{d}日", "{m}月", _NUMBERED, "", join="和",
        ),
        Tongue(
            "ja", "{x}人{n}人", "{x}人のグループ", "", "約{n}", "外国人{n}人",
            _named(NATIONS, "中国|ベトナム|タイ|インドネシア|日本|韓国|台湾|マレーシア|インド|フィリピン"),
            _named(NATIONS, "中国|ベトナム|タイ|インドネシア|日本|韓国|台湾|マレーシア|インド|フィリピン"),
            _named(PLACES, "プノンペン|シアヌークビル|ポイペト|バベット|カンポット|カンダル|シェムリアップ|コッコン"), "{m}月{d}日", "{m}月", _NUMBERED, "", join="人と",
        ),
        Tongue(
            "ko", "{x}인 {n}명", "{x}인들", "", "약 {n}", "외국인 {n}명",
            _named(NATIONS, "중국|베트남|태국|인도네시아|일본|한국|대만|말레이시아|인도|필리핀"),
            _named(NATIONS, "중국|베트남|태국|인도네시아|일본|한국|대만|말레이시아|인도|필리핀"),
            _named(PLACES, "프놈펜|시아누크빌|포이펫|바벳|캄폿|칸달|시엠레아프|코콩"), "{m}월 {d}일", "{m}월", _NUMBERED, "", join="인과 ",
        ),
        Tongue(
            "th", "ชาว{x} {n} คน", "ชาว{x}กลุ่มหนึ่ง", "กว่า {n}", "เกือบ {n}", "ชาวต่างชาติ {n} คน",
            _named(NATIONS, "จีน|เวียดนาม|ไทย|อินโดนีเซีย|ญี่ปุ่น|เกาหลีใต้|ไต้หวัน|มาเลเซีย|อินเดีย|ฟิลิปปินส์"),
            _named(NATIONS, "จีน|เวียดนาม|ไทย|อินโดนีเซีย|ญี่ปุ่น|เกาหลีใต้|ไต้หวัน|มาเลเซีย|อินเดีย|ฟิลิปปินส์"),
            _named(PLACES, "พนมเปญ|สีหนุวิลล์|ปอยเปต|บาเวต|กัมปอต|กันดาล|เสียมราฐ|เกาะกง"), "วันที่ {d} {m}", "เดือน{m}",
            ("มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม"),
            join="และ",
        ),
        Tongue(
            "vi", "{n} người {x}", "nhóm người {x}", "hơn {n}", "gần {n}", "{n} người nước ngoài",
            _named(NATIONS, "Trung Quốc|Việt Nam|Thái Lan|Indonesia|Nhật Bản|Hàn Quốc|Đài Loan|Malaysia|Ấn Độ|Philippines"),
            _named(NATIONS, "Trung Quốc|Việt Nam|Thái Lan|Indonesia|Nhật Bản|Hàn Quốc|Đài Loan|Malaysia|Ấn Độ|Philippines"),
            _LATIN_PLACES, "ngày {d}/{m}", "tháng {m}", _NUMBERED, ".", join=" và ",
        ),
        Tongue(
            "id", "{n} warga negara {x}", "sejumlah warga negara {x}", "lebih dari {n}", "hampir {n}", "{n} warga negara asing",
            _named(NATIONS, "China|Vietnam|Thailand|Indonesia|Jepang|Korea Selatan|Taiwan|Malaysia|India|Filipina"),
            _named(NATIONS, "China|Vietnam|Thailand|Indonesia|Jepang|Korea Selatan|Taiwan|Malaysia|India|Filipina"),
            _LATIN_PLACES, "pada {d} {m}", "pada {m}",
            ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"),
            ".", ("ID", "{n} WNI"), " dan ",
        ),
        Tongue(
            "fr", "{n} ressortissants {x}", "des ressortissants {x}", "plus de {n}", "près de {n}", "{n} étrangers",
            _named(NATIONS, "chinois|vietnamiens|thaïlandais|indonésiens|japonais|sud-coréens|taïwanais|malaisiens|indiens|philippins"),
            _named(NATIONS, "la Chine|le Vietnam|la Thaïlande|l'Indonésie|le Japon|la Corée du Sud|Taïwan|la Malaisie|l'Inde|les Philippines"),
            _LATIN_PLACES, "le {d} {m}", "en {m}",
            ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"),
            "\u202f", join=" et ",
        ),
        Tongue(
            "es", "{n} ciudadanos {x}", "varios ciudadanos {x}", "más de {n}", "casi {n}", "{n} extranjeros",
            _named(NATIONS, "chinos|vietnamitas|tailandeses|indonesios|japoneses|surcoreanos|taiwaneses|malasios|indios|filipinos"),
            _named(NATIONS, "China|Vietnam|Tailandia|Indonesia|Japón|Corea del Sur|Taiwán|Malasia|India|Filipinas"),
            _LATIN_PLACES, "el {d} de {m}", "en {m}",
            ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
            ".", join=" y ",
        ),
        Tongue(
            "ru", "{n} граждан {x}", "граждан {x}", "более {n}", "почти {n}", "{n} иностранцев",
            _named(NATIONS, "Китая|Вьетнама|Таиланда|Индонезии|Японии|Южной Кореи|Тайваня|Малайзии|Индии|Филиппин"),
            _named(NATIONS, "Китай|Вьетнам|Таиланд|Индонезию|Японию|Южную Корею|Тайвань|Малайзию|Индию|Филиппины"),
            _named(PLACES, "Пномпене|Сиануквиле|Пойпете|Бавете|Кампоте|Кандале|Сиемреапе|Кохконге"), "{d} {m}", "в {m}",
            ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"),
            "\u00a0", join=" и ",
            months_in=(
                "январе", "феврале", "марте", "апреле", "мае", "июне", "июле", "августе", "сентябре", "октябре", "ноябре", "декабре",
            ),
        ),
    )
}  # fmt: skip
