"""Lines of one module as points to die at, for what works on files and not on statements."""

from __future__ import annotations

import sys
import threading
from types import FrameType
from typing import Any

from counting import Count


def watch(module: str, counter: Count) -> None:
    """Count every line that is run of the module whose file ends so, in every thread that begins from now on."""

    def called(frame: FrameType, event: str, _: Any) -> Any:
        return line if frame.f_code.co_filename.endswith(module) else None

    def line(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            counter.reached(f"line {frame.f_code.co_name}")
        return line

    threading.settrace(called)
    sys.settrace(called)
