"""Digest -> Rendered: what a reader gets, in words and in looks.

`compose` decides the words, `render` puts them into templates. No clock, no network, no database; the only
files read are this package's templates and the time zone data. Sending is not here.
"""
