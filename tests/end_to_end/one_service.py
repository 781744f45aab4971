"""A service as a process of its own, as on another machine of a network share: without the lock file, with short leases.

python one_service.py RULES DATABASE MACHINE SENDER_SECONDS MESSAGE_SECONDS
"""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from watcher.errors import BusyError, StoreError
from watcher.pipeline.rules_file import RulesFile
from watcher.service import serve

if __name__ == "__main__":
    rules, database, machine, sender, message = sys.argv[1:]
    try:
        asyncio.run(
            serve(
                RulesFile.load(Path(rules)),
                Path(database),
                speed=10,
                ready=lambda: print("it runs", flush=True),
                me=f"{machine}:run",
                sender_lease=timedelta(seconds=float(sender)),
                message_lease=timedelta(seconds=float(message)),
            )
        )
    except (BusyError, StoreError) as error:
        print(error, flush=True)
        sys.exit(2)
