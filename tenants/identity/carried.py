"""Teams go along when a company moves as a whole. People do not: each is invited, and found by e-mail."""

from tenants.identity.models import Team, TeamMember
from tenants.records.whole.tables import Table, carried


@carried
class Teams(Table):
    model = Team
    columns = ("name", "parent")
    keys = ("name",)
    is_first = True


@carried
class TeamMembers(Table):
    model = TeamMember
    columns = ("team", "user", "is_leader")
    keys = ("team", "user")
    is_first = True
