"""What automation itself offers to workflows."""

from tenants.automation.kinds import flow, outward, sharing_out, telling, triggers, writing

TRIGGERS = triggers.offered()
ACTIONS = (*writing.ACTIONS, *sharing_out.ACTIONS, *outward.ACTIONS, *telling.ACTIONS, *flow.ACTIONS)
