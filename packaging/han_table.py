"""OpenCC's dictionaries -> watcher/fold/han.py: each traditional or Japanese form of a character with its simplified one.

    python packaging/han_table.py            # writes the file
    python packaging/han_table.py --check    # exit 1 when the file is not what this would write

Needs opencc-python-reimplemented (in the group dev). Only single characters are taken, so that folding stays one for one; where
OpenCC names several simplified forms its first, the default, is taken (乾 becomes 干, which joins more words than it should: a term
may then be found where another word was meant, and is never lost). Of Japanese forms (亜 for 亞) those are taken that Chinese does
not use, going by OpenCC and by the character sets of both its scripts: a character such as 芸 or 欠 is another word there.

No words are converted: a term that differs by region (電信詐騙, 电信诈骗; 網路, 网络) stands in languages/zh.toml in each form.
"""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "watcher" / "fold" / "han.py"
_CHINESE_SETS = ("gb2312", "big5")  # simplified, traditional: what newspapers use
_WIDTH = 60  # characters a line; they are twice as wide as letters

_HEAD = '''"""Traditional and Japanese forms of Chinese characters with their simplified forms; written by packaging/han_table.py.

Made from the character tables of OpenCC (https://github.com/BYVoid/OpenCC, Copyright 2010-2014 Carbo Kuo), as published in
opencc-python-reimplemented {version}. OpenCC and its dictionaries are licensed under the Apache License 2.0
(https://www.apache.org/licenses/LICENSE-2.0); selected and rearranged here: single characters only, the first simplified form of
each, and Japanese forms that Chinese does not use. The NOTICE of that package reads: "OpenCC-Python, Copyright 2016. This product
includes dictionary data and configurations developed by OpenCC." Do not edit: run the script.
"""

# fmt: off
'''


def table() -> dict[str, str]:
    """Return each character that has a simplified form, with that form; no form is itself a key."""
    simple = {key: values[0] for key, values in _read("TSCharacters.txt").items()}
    pairs = {character: _last(character, simple) for character in simple}
    chinese = set(simple) | set(simple.values()) | set(_read("STCharacters.txt"))
    for traditional, forms in _read("JPVariants.txt").items():
        for form in forms:
            if form not in chinese and not any(_is_in(form, characters) for characters in _CHINESE_SETS):
                pairs.setdefault(form, pairs.get(traditional, traditional))
    return {character: form for character, form in sorted(pairs.items()) if character != form}


def written() -> str:
    """Return the text of the generated file."""
    pairs = table()
    head = _HEAD.format(version=version("opencc-python-reimplemented"))
    return head + _constant("FORMS", "".join(pairs)) + _constant("SIMPLE", "".join(pairs.values()))


def main() -> int:
    """Write the file, or compare it; gives the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file differs")
    if parser.parse_args().check:
        same = TARGET.exists() and TARGET.read_text(encoding="utf-8") == written()
        print(f"{TARGET.name}: {'as written' if same else 'differs; run packaging/han_table.py'}")
        return 0 if same else 1
    TARGET.write_text(written(), encoding="utf-8")
    print(f"{TARGET.name}: {len(table())} characters")
    return 0


def _last(character: str, simple: dict[str, str]) -> str:
    """Follow a chain of forms to its end; OpenCC has none today."""
    seen = {character}
    while (following := simple.get(character, character)) not in seen:
        character = following
        seen.add(character)
    return character


def _is_in(character: str, characters: str) -> bool:
    try:
        character.encode(characters)
    except UnicodeEncodeError:
        return False
    return True


def _read(name: str) -> dict[str, list[str]]:
    """One dictionary of OpenCC: a key, a tab, its forms with spaces between. Single characters only."""
    found = find_spec("opencc")
    if found is None or found.origin is None:
        raise SystemExit("opencc-python-reimplemented is not installed; it is in the group dev: make .venv/.installed")
    lines = (Path(found.origin).parent / "dictionary" / name).read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if "\t" in line)
    entries = {key: [form for form in forms.split() if len(form) == 1] for key, forms in rows if len(key) == 1}
    return {key: forms for key, forms in entries.items() if forms}


def _constant(name: str, text: str) -> str:
    lines = [text[at : at + _WIDTH] for at in range(0, len(text), _WIDTH)]
    return f"\n{name} = (\n" + "".join(f'    "{line}"\n' for line in lines) + ")\n"


if __name__ == "__main__":
    sys.exit(main())
