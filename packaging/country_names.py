"""Unicode CLDR, by way of Babel -> watcher/languages/countries/<code>.json and watcher/languages/codes.json.

Run at development time, never by the service: `.venv/bin/python packaging/country_names.py` writes, with `--check` it says
what it would change and writes nothing. Names that are words, persons or towns too would make people of a country out of
nothing, so they are left out: below, each with its reason. Short and inflected forms stand in `<code>.toml`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

from babel import Locale
from babel.core import get_cldr_version

from watcher.fold import HANGUL, SPACELESS, folded, word_class

LANGUAGES = Path(__file__).resolve().parent.parent / "watcher" / "languages"
CLDR = "47"  # the version that the files were written from; another has other names

# Our code -> locales of CLDR whose names it takes, where that is not the locale of the same name.
_OTHER_LOCALES = {"zh": ("zh_Hans", "zh_Hant", "zh_Hant_HK"), "pt": ("pt", "pt_PT"), "tl": ("fil",)}
_SHIPPED = "en km zh ja ko th vi id ms hi mr ne bn ur ta ml tl ru pt fr es ar tr de it my lo"
_NOT_SHIPPED = "am cs fa gu ha ig jv kk kn ky mn nl pa pl ro si so sw te uk uz yo zu"  # who writes a file for one finds the countries there
LOCALES = {code: _OTHER_LOCALES.get(code, (code,)) for code in f"{_SHIPPED} {_NOT_SHIPPED}".split()}

# Codes of CLDR that ISO 3166-1 has not assigned: groups, islands without a code of their own, tests.
NOT_ISO = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"})

EVERYWHERE = {
    **dict.fromkeys(("AQ", "BV", "GS", "HM", "IO", "TF", "UM"), "nobody lives there"),
    **dict.fromkeys(("HK", "MO"), "CLDR has only the official name, which no newspaper prints; the short one is in <code>.toml"),
    **dict.fromkeys(("CD", "CG"), "CLDR tells the two Congos apart in a way that no newspaper does"),
    **dict.fromkeys(("JE", "GG", "IM", "NU", "NF", "CX", "CC", "PN", "TK", "WF", "SJ"), "small, no nationality of its own, and the name of something else in many languages"),
}  # fmt: skip

# (languages, country or one name of it, why it is left out there). What reads as a word in one language is a good name in another.
AMBIGUOUS = (
    ("en tl ms id vi es", "TD", "a first name"),
    ("bn th lo ta ne tr", "TD", "begins or is another word: চাদর, ชาดก, ຊາດ (nation), சாட்சி, चाड (festival), çadır"),
    ("ru", "TD", "begins чадо, чадра"),
    ("en tl ms vi hi", "JO", "a first name"),
    ("en tl ms id vi es it fr pt hi mr ne bn ta ml ur ar ko ja th lo km my", "GE", "a state of the USA has the same name"),
    ("zh", "喬治亞", "a state of the USA has the same name"),
    ("en tl ms id vi", "NE", "a river, and a state of Nigeria"),
    ("ru km", "NE", "Nigeria begins so, and is written or inflected in other ways than CLDR knows"),
    ("zh", "尼日", "Nigeria begins so"),
    ("en th lo km", "ML", "a given name in this region"),
    ("tl id ms it tr ar ur hi mr ne bn my ta ml ko ja ru", "ML", "another word, or the beginning of one: wrong, thief, evils, financial, gardener, Malé, to dry, マリファナ, малина"),
    ("zh", "馬利", "part of other names"),
    ("en tl ms id ru", "TG", "to go; того is 'of that'"),
    ("en tl ms bn ko", "GN", "guinea pigs"),
    ("hi mr ne ur tr", "GN", "a coin; gine is 'again'"),
    ("ko", "SD", "수단 is 'means'"),
    ("zh", "SD", "苏丹 is a sultan too, and Malaysia has nine"),
    ("ko ur", "OM", "오만 is fifty thousand; عمان is Amman too"),
    ("zh", "阿曼", "part of Amanda and other names"),
    ("hi mr ne bn ta ml ur id ja", "CL", "chilli; سلنڈر and சிலிண்டர் begin so; Cilegon is a city; چلی is 'she went'"),
    ("id ms pt mr bn ta ml ur tr ru", "PE", "perusahaan (company), turkey, guava, পেরুনো, பெரு (great), to pick, follower, wig; перу is 'to the pen'"),
    ("id ms tl ru", "CU", "kubah (dome), cuba (to try), Cubao and Кубань are places"),
    ("km my lo", "QA", "Jakarta ends so"),
    ("bn", "QA", "কাতার is a row of people"),
    ("tr", "QA", "katar is a convoy"),
    ("es pt", "Catar", "a verb"),
    ("id ms", "BJ", "begins bening"),
    ("ar", "BJ", "بنين is 'sons'"),
    ("ru ml", "DM", "the Dominican Republic begins so when inflected"),
    ("fr pt zh it es", "DM", "a first name"),
    ("fr pt", "MU", "Maurice and Maurício are first names"),
    ("fr it pt", "RE", "a meeting"),
    ("fr es pt", "GD", "a grenade; Granada is a city in Spain"),
    ("fr", "SV", "Salvador is a first name and a city in Brazil"),
    ("pt", "MT", "malta is 'folks' in Portugal"),
    ("pt", "Irão", "irão is 'they will go'"),
    ("tr", "MA", "begins fasıl, fasulye"),
    ("vi th lo km", "CZ", "a cheque; เช็ก and ឆែក are 'to check'"),
    ("km", "CY", "Egypt may end so: អេស៊ីប"),
    ("ur", "SY", "شام is 'evening'"),
    ("ur ta", "PW", "a dish of rice; பாலோ begins 'follow'"),
    ("my", "GR", "begins 'great' in names"),
    ("zh", "海地", "上海地区 holds it"),
    ("zh", "東加", "山东加 holds it"),
    ("zh", "查德", "理查德, Richard, holds it"),
    ("zh", "多哥", "'many elder brothers'"),
    ("zh", "也门", "也 and 门 meet in running text"),
    ("zh", "ME", "黑山 is a county in Liaoning, and suspects come from there"),
    ("zh", "蒙古", "内蒙古, Inner Mongolia, holds it; 蒙古国 is in zh.toml"),
    ("zh", "獅子山", "a hill in Hong Kong"),
    ("ja", "AW", "アルバイト, a side job, holds it"),
    ("ja", "SY", "シリアル holds it"),
    ("ja", "LY", "オリビア and トリビア hold it"),
    ("ko", "GR", "그리스도, Christ, begins so"),
    ("ko", "BT", "butane"),
    ("ko", "HT", "아이티 is IT"),
    ("ko", "FJ", "피지 is sebum"),
    ("ko", "GA", "가봉 is basting"),
)  # fmt: skip

NO_LANGUAGE = frozenset({"und", "zxx", "mul", "mis"})  # "unknown", "no words", "several", "without a code"
_BRACKETS = re.compile(r"\s*[(（][^)）]*[)）]\s*")
_INSIDE = re.compile(r"[(（]([^)）]*)[)）]")
# Characters that a name must have: 美 and 泰 stand in other words, Ý and Áo are words. Where nobody has looked through the names, more.
_SHORTEST, _SHORTEST_DENSE, _SHORTEST_UNREAD = 3, 2, 5


def names_of(code: str) -> dict[str, list[str]]:
    """Return the names of countries in one language, by ISO 3166-1 code, without those that mean something else too."""
    left_out = {what for codes, what, _ in AMBIGUOUS if code in codes.split()}
    found: dict[str, list[str]] = {}
    for locale in LOCALES[code]:
        for country, name in sorted(Locale.parse(locale).territories.items()):
            if len(country) == 2 and country.isalpha() and not {country} & (NOT_ISO | left_out | EVERYWHERE.keys()):
                known = [folded(one) for one in found.get(country, ())]
                for one in _forms(country, name):
                    if one not in left_out and folded(one) not in known and len(folded(one)) >= _shortest(code, one):
                        found.setdefault(country, []).append(one)
    twice = _of_two_countries(found)
    kept = {country: [name for name in names if folded(name) not in twice] for country, names in sorted(found.items())}
    return {country: names for country, names in kept.items() if names}


def codes() -> dict[str, str]:
    """Return the English name of every language that CLDR knows, by its code of two or three letters."""
    return {
        code: name
        for code, name in sorted(Locale.parse("en").languages.items())
        if re.fullmatch("[a-z]{2,3}", code) and code not in NO_LANGUAGE
    }


def files() -> dict[Path, str]:
    """Return what every generated file must hold."""
    wanted = {LANGUAGES / "codes.json": _lines(codes())}
    return wanted | {LANGUAGES / "countries" / f"{code}.json": _lines(names_of(code)) for code in LOCALES}


def main() -> int:
    """Write the files; with --check only say which are not as they should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file would change")
    check = parser.parse_args().check
    if get_cldr_version() != CLDR:
        sys.stderr.write(
            f"Babel here has CLDR {get_cldr_version()}, the files were written from {CLDR}: look at every difference, then change CLDR.\n"
        )
        if check:
            return 1
    changed = [path for path, text in files().items() if not path.exists() or path.read_text("utf-8") != text]
    for path in changed:
        sys.stdout.write(f"{'differs' if check else 'written'}: {path.relative_to(LANGUAGES.parent)}\n")
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(files()[path], "utf-8")
    return 1 if check and changed else 0


def _forms(country: str, name: str) -> list[str]:
    """The name without what stands in brackets; of Myanmar both names."""
    plain = name.replace("\u200b", "")
    both = [_BRACKETS.sub("", plain), *(_INSIDE.findall(plain) if country == "MM" else ())]
    return [one.strip() for one in both if one.strip()]


def _shortest(code: str, name: str) -> int:
    if not (LANGUAGES / f"{code}.toml").exists():
        return _SHORTEST_UNREAD
    dense = all(word_class[one] in (SPACELESS, HANGUL) for one in folded(name))
    return _SHORTEST_DENSE if dense else _SHORTEST


def _of_two_countries(found: dict[str, list[str]]) -> set[str]:
    """Names that CLDR gives to two countries, such as the two halves of one island."""
    of: dict[str, set[str]] = {}
    for country, names in found.items():
        for name in names:
            of.setdefault(folded(name), set()).add(country)
    return {name for name, countries in of.items() if len(countries) > 1}


def _lines(values: dict[str, list[str]] | dict[str, str]) -> str:
    """JSON with one entry a line, so that a difference can be read."""
    rows = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "{\n" + ",\n".join(rows) + "\n}\n"


if __name__ == "__main__":
    sys.exit(main())
