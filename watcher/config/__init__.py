"""rules.toml and the catalogues -> `Config`: syntax, types and names checked, every value with its line.

Queries are not compiled, nothing is fetched, and the text of a file is only ever returned: who calls writes it.
"""

from __future__ import annotations

from watcher.config.catalogue import Catalogue, catalogue_names, load_catalogue
from watcher.config.edit import Added, add_feed, add_feeds, move_feed, new_file, turn_off, turn_on, without_secrets
from watcher.config.load import load, load_as_far_as_right, load_file, read_text
from watcher.config.new import Answers, secret_lines, write_new
from watcher.config.opml import export_opml, import_opml
from watcher.config.settings import AlertConfig, BackupConfig, Config, DigestConfig, FeedConfig, FigureChange, Politeness, Settings, Where

__all__ = [
    "Added", "AlertConfig", "Answers", "BackupConfig", "Catalogue", "Config", "DigestConfig", "FeedConfig", "FigureChange", "Politeness", "Settings", "Where",
    "add_feed", "add_feeds", "catalogue_names", "export_opml", "import_opml", "load", "load_as_far_as_right", "load_catalogue", "load_file", "move_feed", "new_file",
    "read_text",
    "secret_lines", "turn_off", "turn_on", "without_secrets", "write_new",
]  # fmt: skip
