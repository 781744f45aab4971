"""The past -> Entry: one module a source. Nothing here decides what matches, and nobody is told by it."""
