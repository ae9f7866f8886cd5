"""Where an enrolment is: a stack of frames, each a place in a lane of its plan. Plain JSON, kept in its row.

    [{"in": "", "lane": "", "at": 3},
     {"in": "each", "lane": "steps", "at": 0, "items": ["…", "…"], "turn": 1}]

A frame's `at` names the step that comes next. A step that opens a lane moves its own frame on first, so that the end
of the inner lane simply drops the frame.
"""

from typing import Any

from tenants.automation.definition.plans import Plan, StepDict

Frame = dict[str, Any]
Position = list[Frame]
MARKS = ("until", "met", "tries", "held", "again", "forced")
"""What a frame keeps of the step it stands at; gone once that is done."""


def beginning() -> Position:
    return [{"in": "", "lane": "", "at": 0}]


def current(plan: Plan, position: Position) -> StepDict | None:
    """The step that comes next; frames that are through are dropped or take their next turn. None at the end."""
    while position:
        frame = position[-1]
        lane = plan.lane((frame["in"], frame["lane"]))
        if frame["at"] < len(lane):
            return lane[frame["at"]]
        if "items" in frame and frame["turn"] + 1 < len(frame["items"]):
            frame["turn"] += 1
            frame["at"] = 0
            if lane:
                continue
        position.pop()
    return None


def done(position: Position) -> None:
    """The step at the top is over."""
    frame = position[-1]
    frame["at"] += 1
    for mark in MARKS:
        frame.pop(mark, None)


def opened(position: Position, step: StepDict, lane: str, **more: Any) -> None:
    """The step is over but for what stands in one of its lanes."""
    done(position)
    position.append({"in": step["id"], "lane": lane, "at": 0, **more})


def key_of(step_id: str, position: Position) -> str:
    """The step and, inside loops, which turns: unique in an enrolment."""
    turns = [str(frame["turn"]) for frame in position if "items" in frame]
    return f"{step_id}#{'.'.join(turns)}" if turns else step_id


def item_of(position: Position) -> Any:
    """What the innermost loop is at."""
    for frame in reversed(position):
        if "items" in frame:
            return frame["items"][frame["turn"]]
    return None


def loop_of(plan: Plan, position: Position) -> StepDict | None:
    """The innermost loop."""
    for frame in reversed(position):
        if "items" in frame:
            return plan.steps.get(frame["in"])
    return None
