"""languages/<code>.toml -> Language: what each language calls places, scams, stages, people, numbers and dates.

One file a language, read once when the service starts and handed on as values. A folder of the operator beside rules.toml
adds to shipped languages, replaces them, or brings new ones. Nothing is matched here, and no language needs code of its own.
"""

from watcher.languages.build import BUILT_CONCEPTS
from watcher.languages.countries import country_names, language_names
from watcher.languages.gather import (
    NONE,
    OWN_FOLDER,
    SHIPPED,
    OwnFile,
    OwnTexts,
    Spoken,
    combine,
    load,
    read_file,
    read_folder,
    shipped_tables,
)
from watcher.languages.page import page, pages
from watcher.languages.schema import OWN_CONCEPTS
from watcher.languages.sheet import read_sheet, write_sheet
from watcher.languages.template import template

__all__ = [
    "BUILT_CONCEPTS", "NONE", "OWN_CONCEPTS", "OWN_FOLDER", "SHIPPED", "OwnFile", "OwnTexts", "Spoken", "combine", "country_names",
    "language_names", "load", "page", "pages", "read_file", "read_folder", "read_sheet", "shipped_tables", "template", "write_sheet",
]  # fmt: skip
