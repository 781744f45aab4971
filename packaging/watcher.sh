#!/bin/sh
# For the operator, as /usr/local/sbin/watcher: a command with the same settings as the service. Needs sudo.
set -eu
umask 022  # the service must be able to read the rules.toml that root writes
set -a
. /etc/watcher/env
set +a
export WATCHER_RULES=/etc/watcher/rules.toml WATCHER_DB=/var/lib/watcher/watcher.db
exec /opt/watcher/venv/bin/watcher "$@"
