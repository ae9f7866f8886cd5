"""The words of the builder's scripts, by the names they know them by. `{n}` and the like are filled in there."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, str | Promise]

EDITING: Final[Words] = {
    "add_step": _("Add a step"), "add_step_at": _("Add a step at place {n}"), "added": _("{name} added"),
    "clear": _("Clear"), "close": _("Close"), "copied": _("{name} copied"), "copy": _("Copy"), "delete": _("Delete"),
    "deleted": _("“{name}” deleted"), "duplicate": _("Duplicate"), "edit": _("Edit"), "go_on": _("Go on"),
    "goes_on": _("The step goes on"), "more": _("More"), "more_of": _("More for {name}"), "move_down": _("Move down"),
    "move_left": _("Move to the way at the left"), "move_right": _("Move to the way at the right"),
    "move_up": _("Move up"), "moved": _("Now step {n} of {of}"), "no_further": _("It can go no further that way"),
    "nothing_copied": _("Copy a step first"), "now_paused": _("The step is paused: runs pass it by"),
    "paste": _("Paste what was copied"), "pause": _("Pause"), "paused": _("paused"), "redone": _("Done again"),
    "remove": _("Remove"), "retry": _("Try again"), "too_many": _("A workflow has at most 300 steps"),
    "undo": _("Undo"), "undone": _("Taken back"),
}  # fmt: skip
SAVING: Final[Words] = {
    "conflict": _("{name} has changed this draft meanwhile. What you wrote is still here."),
    "loading": _("Loading…"), "not_loaded": _("This could not be loaded."), "not_saved": _("Not saved"),
    "saved": _("Saved"), "saving": _("Saving…"), "somebody": _("Somebody"),
}  # fmt: skip
FINDING: Final[Words] = {
    "choose": _("Choose"), "choose_trigger": _("Choose what sets it off"), "find": _("Find"),
    "find_step": _("Find a step"), "find_trigger": _("Find a trigger"), "find_variable": _("Find a variable"),
    "flow": _("Flow"), "insert_variable": _("Insert a variable"), "none_chosen": _("–"),
    "nothing_found": _("Nothing found"), "others": _("Others"), "person": _("A person"),
    "type_to_find": _("Type to find"),
}  # fmt: skip
CANVAS: Final[Words] = {
    "at_clock": _("at {time}"), "at_most": _("at most {time}"), "at_once": _("at once"), "at_step": _("at this step"),
    "by_value": _("By {value}"), "canvas_n": _("Workflow of {n} steps"), "canvas_one": _("Workflow of one step"),
    "case": _("Case"), "done": _("done"), "each_time": _("Each time"), "end": _("End"), "entered": _("entered"),
    "failed": _("failed"), "for_each": _("For each of {what}"), "median": _("Half of them take no longer"),
    "met": _("It happened"), "n_days": _("{n} days"), "n_faults": _("{n} faults"), "n_hours": _("{n} hours"),
    "n_minutes": _("{n} minutes"), "n_seconds": _("{n} s"), "no": _("No"), "no_condition": _("Everybody"),
    "nth_way": _("Way {n}"), "of_working_time": _("of working time"), "one_days": _("1 day"),
    "one_fault": _("1 fault"), "one_hours": _("1 hour"), "one_minutes": _("1 minute"), "only_if": _("Only if {what}"),
    "or": _("or"), "otherwise": _("Otherwise"), "reached": _("Reached by whoever gets here"), "steps": _("Steps"),
    "steps_of": _("Steps of {name}"), "timed_out": _("Time is up"), "trigger": _("Trigger"), "until": _("Until {when}"),
    "warning": _("Warning"), "way": _("Way"), "yes": _("Yes"),
}  # fmt: skip
FORMS: Final[Words] = {
    "add_case": _("Add a case"), "add_field": _("Add a field"), "add_way": _("Add a way"),
    "at_time": _("At this time of day"), "because": _("Why it ends here"), "begins_when": _("It begins when"),
    "conditions": _("Conditions"), "date_hint": _("Like 2026-12-31, or a variable that holds a date"),
    "date_or_moment": _("Date or moment"), "days": _("days"), "email": _("E-mail"), "equals": _("Is one of"),
    "equals_hint": _("Values with commas between"), "event_name": _("Name of the event"),
    "for_a_while": _("For a while"), "hours": _("hours"), "how_long": _("How long"), "id": _("Id"), "link": _("Link"),
    "loop_hint": _("The steps inside are done for each of them"), "loop_most": _("At most so many"),
    "loop_most_hint": _("Without a number 100"), "loop_over": _("For each of"), "minutes": _("minutes"),
    "name": _("Name"), "note": _("Note"), "on_error": _("When a step fails"),
    "on_error_continue": _("Go on with the next step"), "on_error_stop": _("Stop the run"),
    "only_those": _("Only those that meet"), "otherwise_hint": _("Who fits nowhere goes “Otherwise”."),
    "own_name": _("Name on the card"), "save_as": _("Keep the outcome as a variable"),
    "save_as_hint": _("In small letters, like offer: later {{vars.offer}}"), "step_id": _("Its id:"),
    "switch_value": _("Value to look at"), "timeout": _("At most"), "timeout_hint": _("Then “Time is up” goes on"),
    "trigger_about": _("What lets a record in."), "until_a_date": _("Until a date"),
    "wait_events": _("Until one of these happens"), "wait_filter": _("Until this holds"), "when": _("When"),
    "with_commas": _("With commas between"), "working": _("Only working hours count"), "zone": _("Whose clock"),
}  # fmt: skip
SETTINGS: Final[Words] = {
    "from": _("From"), "goal": _("Goal"), "goal_hint": _("Whoever meets it has reached the goal, and the run ends."),
    "hours_title": _("Hours"), "most_per_day": _("Entries a day, at most"),
    "most_per_day_hint": _("Without a number there is no limit"), "most_per_minute": _("Entries a minute, at most"),
    "reentry": _("May a record come again?"), "reentry_after_end": _("Yes, once its run is over"),
    "reentry_always": _("Yes, at any time"), "reentry_hint": _("What happens when it is let in a second time"),
    "reentry_never": _("No, once is enough"), "settings": _("Settings"),
    "settings_about": _("For the workflow as a whole"), "stop_if": _("Stop if"),
    "stop_if_hint": _("Whoever meets it is taken out at once."), "stop_on": _("Stop when this happens"),
    "stop_on_hint": _("Like an answer, or a deal that was lost"), "until_time": _("Until"),
    "window": _("Send messages only at these hours"),
    "window_hint": _("What would go out at another hour waits until they begin."),
}  # fmt: skip
TESTING: Final[Words] = {
    "backtest": _("Backtest"),
    "backtest_about": _("Plays what really happened through this draft. Nothing is sent, nothing is changed."),
    "backtest_percent": _("Played {n}%"), "backtesting": _("Playing what happened"),
    "choose_record": _("Choose a record first."), "in_this_run": _("In this run: {what}"), "inputs": _("Inputs"),
    "last_days": _("The last {n} days"), "mend_first": _("Mend the faults first."), "outputs": _("Outputs"),
    "run_backtest": _("Run the backtest"), "run_test": _("Run the test"), "test": _("Test"),
    "test_about": _("The real engine, with nothing sent and nothing kept."),
    "test_note": _("Delays are skipped. Nothing was sent, and no record was changed."), "test_record": _("Record"),
    "testing": _("Testing…"), "which_days": _("Which days"), "which_record": _("With which record? ({type})"),
}  # fmt: skip
WORDS: Final[Words] = {**EDITING, **SAVING, **FINDING, **CANVAS, **FORMS, **SETTINGS, **TESTING}
