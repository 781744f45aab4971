"""The corridor: one module a loop, each the order of its steps and the edges of its transaction, and nothing else.

Four loops meet only in the database, so that each can be killed at any line: `poll`, `leads`, `compose`, `deliver`;
`backfill` is a fifth that a person starts. `take_in` is what three of them share: read, match, story, in one
transaction. `check` turns rules.toml into a `Watch`; `rules_file` keeps the last good one in force.
"""
