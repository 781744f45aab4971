"""A sample newsroom, served on loopback by `watcher demo`: invented outlets, real feeds, real mail.

Nothing here is used by the service itself.
"""
