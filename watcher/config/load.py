"""rules.toml -> `Config`, or every mistake in it at once.

Syntax, types, names and secrets are checked here. Whether a rule's query can be read and whether its examples
hold is checked where rules are compiled, with the lines that each RuleText and ConceptEdit carries.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from watcher.config.audiences import read_alerts, read_digests
from watcher.config.catalogue import Catalogue
from watcher.config.channels import read_channels
from watcher.config.feeds import merge_feeds, read_catalogues
from watcher.config.mistakes import Mistakes
from watcher.config.names import check_names
from watcher.config.schema import RuleTable, WatcherTable
from watcher.config.secrets import has_reference, resolve
from watcher.config.settings import BackupConfig, Config, FigureChange, Politeness, Settings
from watcher.config.tables import Tables, parse, read_tables
from watcher.config.values import CONCEPT_NAME, check_language, url_problem
from watcher.config.warn import warn_of
from watcher.errors import ConfigError
from watcher.model import ConceptEdit, QueryText, RuleText

LARGEST_FILE = 16 * 1024 * 1024  # bytes; 1,000 feeds are 0.1 MB


def load(text: str, *, file: str = "rules.toml", environment: Mapping[str, str]) -> Config:
    """Return what the text says; raises an ExceptionGroup of ConfigError with every mistake, each with its line.

    Secrets are taken from `environment`; an unset one pauses its channel and is a warning, not a mistake.
    """
    config, errors = load_as_far_as_right(text, file=file, environment=environment)
    if errors:
        raise ExceptionGroup(f"{file} has {len(errors)} mistake{'s' if len(errors) > 1 else ''}", errors)
    return config


def load_as_far_as_right(text: str, *, file: str, environment: Mapping[str, str]) -> tuple[Config, list[ConfigError]]:
    """Return what can be understood of the text, with what is wrong in the rest.

    For those who look for further mistakes in the right parts (queries are compiled elsewhere), so that a person
    hears of all at once. Raises as `load` where the text is no TOML at all.
    """
    text = text.removeprefix("\ufeff")
    mistakes = Mistakes(file, text)
    data = parse(text, file)
    tables = read_tables(data, mistakes)
    check_names(data, mistakes)
    watcher = tables.watcher or WatcherTable(time_zone="UTC")  # a wrong [watcher] must not hide the mistakes of the rest
    catalogues = read_catalogues(watcher.catalogues, mistakes)
    config = Config(
        settings=_settings(watcher, catalogues, environment, mistakes),
        operator=tuple(dict.fromkeys(tables.operator.to)) if tables.operator else (),
        backup=BackupConfig(**tables.backup.model_dump(exclude_none=True)) if tables.backup else BackupConfig(),
        feeds=merge_feeds(tables.feeds, catalogues, mistakes),
        concepts=_concepts(tables, mistakes),
        queries=tuple(QueryText(name, text, file, mistakes.text_line("queries", name)) for name, text in tables.queries.items()),
        rules=_rules(tables, bool(data.get("rules")), file, mistakes),
        people=tuple(dict.fromkeys(watcher.people)),
        channels=read_channels(tables.channels, environment, mistakes),
        digests=read_digests(tables, watcher.time_zone, mistakes),
        alerts=read_alerts(tables, watcher.time_zone, mistakes),
        file=file,
        never_read=tuple(line for catalogue in catalogues for line in catalogue.never_read),
    )
    errors = mistakes.errors()
    return (config if errors else warn_of(config, mistakes)), errors


def load_file(path: Path, environment: Mapping[str, str]) -> Config:
    """Read and load a file; raises as `load`, with one ConfigError where the file cannot be read at all."""
    return load(read_text(path), file=path.name, environment=environment)


def read_text(path: Path) -> str:
    """Return the text of a rules file; raises an ExceptionGroup with one ConfigError where there is none."""
    problem = ""
    try:
        if path.stat().st_size <= LARGEST_FILE:
            return path.read_bytes().decode("utf-8")
        problem = "is over 16 MB; this is not a rules file"
    except FileNotFoundError:
        problem = "there is no such file; write one with: watcher init"
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8 text (byte {error.start}); save it as UTF-8"
    except OSError as error:
        problem = f"cannot be read ({error.strerror}); correct its rights or the path"
    raise ExceptionGroup(f"{path.name} cannot be read", [ConfigError(problem, file=path.name)])


def _settings(watcher: WatcherTable, catalogues: tuple[Catalogue, ...], environment: Mapping[str, str], mistakes: Mistakes) -> Settings:
    given: dict[str, Any] = watcher.model_dump(exclude_none=True, exclude={"people", "politeness", "min_figure_change", "dead_man"})
    for key in ("catalogues", "must_read", "not_covered"):
        if key in given:
            given[key] = tuple(dict.fromkeys(given[key]))
    given.setdefault("not_covered", tuple(line for catalogue in catalogues for line in catalogue.never_read))
    if watcher.politeness:
        given["politeness"] = Politeness(**watcher.politeness.model_dump(exclude_none=True))
    if watcher.min_figure_change:
        given["min_figure_change"] = FigureChange(**watcher.min_figure_change.model_dump(exclude_none=True))
    return Settings(**given, dead_man=_dead_man(watcher.dead_man or "", environment, mistakes))


def _dead_man(written: str, environment: Mapping[str, str], mistakes: Mistakes) -> str:
    path = ("watcher", "dead_man")
    resolved = resolve(written, environment)
    for problem in resolved.problems:
        mistakes.warn(path, f"no outside watchdog is told that the service lives: {problem}")
    wrong = url_problem(resolved.value) if resolved.value else None
    if wrong and has_reference(written):
        mistakes.warn(path, f"no outside watchdog is told that the service lives: the value of {', '.join(resolved.names)} {wrong}")
        return ""
    if wrong:
        mistakes.add(path, f"dead_man {wrong}")
    return resolved.value


def _rules(tables: Tables, has_any: bool, file: str, mistakes: Mistakes) -> tuple[RuleText, ...]:
    if not has_any:
        mistakes.add(
            ("rules",), "there is no rule, so nothing would ever be found; add one as [[rules]], or copy those that watcher init writes"
        )
    return tuple(_rule(index, table, file, mistakes) for index, table in tables.rules.items())


def _rule(index: int, table: RuleTable, file: str, mistakes: Mistakes) -> RuleText:
    path = ("rules", index)
    queries = {level: getattr(table, level) for level in ("match", "watch", "lead") if getattr(table, level) is not None}
    if not queries:
        mistakes.add((*path, "name"), f"rule '{table.name}' has no query; add match = \"@cambodia AND @deported\"")
    return RuleText(
        name=table.name,
        **queries,
        examples=tuple((example.text, example.match) for example in table.examples),
        file=file,
        line=mistakes.line(*path),
        query_lines=tuple((level, mistakes.text_line(*path, level)) for level in queries),
        example_lines=tuple(mistakes.line(*path, "examples", place) for place in range(len(table.examples))),
    )


def _concepts(tables: Tables, mistakes: Mistakes) -> tuple[ConceptEdit, ...]:
    edits = []
    for name, path, table in tables.concepts:
        concept, dot, language = name.partition(".")
        if not dot or not CONCEPT_NAME.fullmatch(concept):
            mistakes.add(path, f"'{name}' is not a concept in a language; write a concept, a dot and a language, such as \"scam.en\"")
            continue
        try:
            check_language(language)
        except ValueError as error:
            mistakes.add(path, f"concept '{name}': {error}")
        if not (table.add or table.remove or table.replace):
            mistakes.add(path, f'"{name}" changes nothing; write {{ add = ["..."] }}, remove or replace with words in it')
        replaced = tuple(table.replace) if table.replace is not None else None
        edits.append(ConceptEdit(concept, language, tuple(table.add), tuple(table.remove), replaced, mistakes.line(*path)))
    return tuple(edits)
