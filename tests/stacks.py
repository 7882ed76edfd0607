"""Where the tasks of an asyncio test were waiting when its time was up: the threads' stacks end in the event loop."""

from __future__ import annotations

import asyncio
import inspect
import traceback
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest


def pytest_exception_interact(call: pytest.CallInfo[object], report: pytest.TestReport) -> None:
    if call.excinfo is None or not str(call.excinfo.value).startswith("Timeout "):
        return
    callers = [frame.f_locals.get("self") for frame, _ in traceback.walk_tb(call.excinfo.tb)]
    loops = {caller for caller in callers if isinstance(caller, asyncio.AbstractEventLoop)}
    text = "\n".join(_waiting(task) for loop in loops for task in asyncio.all_tasks(loop))
    report.sections.append(("stacks of the asyncio tasks", text))


def _waiting(task: asyncio.Task[Any]) -> str:
    frames = ((frame, frame.f_lineno) for frame in _frames(task.get_coro()))
    return f"{task!r}\n" + "".join(traceback.StackSummary.extract(frames).format())


def _frames(coroutine: object) -> Iterator[FrameType]:
    """Yield the frames of a coroutine and of what it awaits, the innermost last: a task tells only its first."""
    while inspect.iscoroutine(coroutine) and coroutine.cr_frame is not None:
        yield coroutine.cr_frame
        coroutine = coroutine.cr_await
