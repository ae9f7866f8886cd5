"""The company that the records bench measures, and what is asked of it. Import after Django is set up."""

import json
import time
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.urls import NoReverseMatch, reverse

from infra.benches.floor_path import PATH
from infra.benches.load import Target
from infra.benches.names import Names
from infra.benches.people import people_after
from infra.benches.rows import Filler
from infra.benches.site import Site
from tenants.crm.models import Contact
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.custom.actions import create_custom_field
from tenants.records.custom.tasks import fit
from tenants.records.paging import order_for, page_of
from tenants.records.queries import lean, visible_to
from tenants.records.registry import type_named

TIERS = ("gold", "silver", "bronze")
DEEP_ROW = 90_000
STRIDE = 5_000
SOME = 50
JSON = {"Content-Type": "application/json"}


class Works:
    """A company with contacts, and the ways to ask it."""

    def __init__(self, site: Site, slug: str = "bench") -> None:
        self.site = site
        self.people = people_after(lambda: None, slug=slug)
        with self._inside():
            definitions = [
                create_custom_field(record_type=type_named("contacts"), by=robot(), **words)
                for words in (
                    {"label": "Tier", "kind": "select", "options": {"choices": list(TIERS)}},
                    {"label": "Score", "kind": "number"},
                )
            ]
            for definition in definitions:
                fit(definition)
            fields = type_named("contacts").fields
            self.tier, self.score = fields["custom.tier"], fields["custom.score"]
            self.filler = Filler(self._custom)

    def _inside(self) -> Any:
        return context.inside(self.people.place, actor=robot("Bench"))

    def _custom(self, names: Names) -> dict[str, Any]:
        found = {}
        if names.random.random() < 0.7:
            found["tier"] = self.tier.stored(names.random.choice(TIERS))
        if names.random.random() < 0.9:
            found["score"] = self.score.stored(names.random.randint(0, 1_000))
        return found

    def fill(self, rows: int) -> list[str]:
        """With so many contacts. Gives notes for the report."""
        with self._inside():
            started = time.perf_counter()
            with transaction.atomic():
                self.filler.fill(rows)
            loaded = time.perf_counter()
            self.filler.settle()
            taken = loaded - started, time.perf_counter() - loaded
        counts = f"{len(self.filler.accounts):,} accounts, {len(self.filler.deals):,} deals"
        times = f"Loaded in {taken[0]:.0f} s, indexed for search in {taken[1]:.0f} s"
        return [f"Also {counts}. {times}. The databases run without fsync."]

    def targets(self) -> dict[str, Target]:
        """What is asked, by the figure it makes; a key's part behind the dot tells variants apart."""
        with self._inside():
            asked = Asked(self)
            found = {**asked.reads(), **asked.searches(), **asked.writes()}
        return found


class Asked:
    """Requests at a company, each kind with many different values so that no answer is merely remembered."""

    def __init__(self, works: Works) -> None:
        self.works = works
        self.names = Names(seed=4)
        self.ids = works.filler.contacts
        self.some = list(Contact.objects.filter(pk__in=self.names.random.sample(self.ids, SOME)))
        self.key = {"Authorization": f"Bearer {works.people.company_key}"}
        self.cookie = {"Cookie": works.people.company_session}

    def _api(self, name: str, path: str, *others: str, **more: Any) -> Target:
        site, host = self.works.site, self.works.people.company_host
        return Target(name, site.port, host, path, self.key | more.pop("headers", {}), (path, *others), **more)

    def _page(self, name: str, *paths: str) -> Target:
        site, host = self.works.site, self.works.people.company_host
        return Target(name, site.port, host, paths[0], self.cookie, paths)

    def reads(self) -> dict[str, Target]:
        floor = Target("bare ninja endpoint", self.works.site.port, self.works.people.company_host, PATH, {})
        row, cursor = self._deep_cursor()
        return {
            "floor": floor,
            "api_list": self._api("API list of 50", "/api/v1/contacts?limit=50"),
            "list_page": self._page("list page", "/contacts/"),
            "deep_page": self._api(f"API list from row {row:,}", f"/api/v1/contacts?limit=50&cursor={cursor}"),
            "deep_page.html": self._page(f"list page from row {row:,}", f"/contacts/?after={cursor}"),
            "sort": self._api("deals by amount", "/api/v1/deals?limit=50&sort=-amount"),
            "custom_filter.select": self._filtered(
                "where tier is one", *({"field": "custom.tier", "op": "is", "value": tier} for tier in TIERS)
            ),
            "custom_filter.range": self._filtered(
                "where score is in 1%",
                *({"field": "custom.score", "op": "between", "value": [n * 20, n * 20 + 9]} for n in range(SOME)),
            ),
            "custom_filter.sorted": self._api("sorted by score", "/api/v1/contacts?limit=50&sort=custom.score"),
            "board": self._page("board of deals", "/deals/board/"),
            "record_page": self._page("record page", *(f"/contacts/{one.pk}/" for one in self.some)),
        }

    def _filtered(self, name: str, *trees: dict[str, Any]) -> Target:
        return self._api(name, *(f"/api/v1/contacts?{urlencode({'filter': json.dumps(tree)})}" for tree in trees))

    def _deep_cursor(self) -> tuple[int, str]:
        """Where row 90,000 is, or nine tenths down a smaller company: found by going there."""
        record_type, actor = type_named("contacts"), context.actor()
        rows, order = lean(visible_to(actor, record_type), record_type), order_for(record_type, record_type.sort)
        wanted = min(DEEP_ROW, len(self.ids) * 9 // 10)
        cursor, row = "", 0
        while row < wanted:
            page = page_of(rows, order, after=cursor, limit=min(STRIDE, wanted - row))
            row, cursor = row + len(page.items), page.next or ""
        return row, cursor

    def searches(self) -> dict[str, Target]:
        """Nothing where the house has no search: the bench says so and measures the rest."""
        try:
            reverse("api-company:search", urlconf="saas.urls.company")
        except NoReverseMatch:
            return {}
        return {
            "search_fragment": self._search("search: part of a name", *(one.last_name[:4] for one in self.some)),
            "search_fragment.inner": self._search("search: part of a phone", *(one.phone[-6:] for one in self.some)),
            "search_email": self._search("search: e-mail", *(one.email for one in self.some)),
            "search_typo": self._search("search: a typo", *(mistyped(one) for one in self.some)),
        }

    def _search(self, name: str, *texts: str) -> Target:
        return self._api(name, *(f"/api/v1/search?{urlencode({'q': text})}" for text in texts))

    def writes(self) -> dict[str, Target]:
        paths = [f"/api/v1/contacts/{one.pk}" for one in self.some]
        return {
            "create": self._api(
                "create", "/api/v1/contacts", method="POST", body=self._new_contact, expects=201, headers=JSON
            ),
            "update": self._api("update", *paths, method="PATCH", body=_new_city, headers=JSON),
        }

    def _new_contact(self, number: int) -> bytes:
        person = self.names.person(10_000_000 + number)
        return json.dumps(
            {"first_name": person.first, "last_name": person.last, "email": person.email, "phone": person.phone}
        ).encode()


def mistyped(contact: Contact) -> str:
    """First and last name with two letters of the longer one changed over."""
    words = [contact.first_name, contact.last_name]
    longer = max(range(2), key=lambda place: len(words[place]))
    word = words[longer]
    words[longer] = word[:2] + word[3] + word[2] + word[4:] if len(word) > 4 else word + word[-1]
    return " ".join(words)


def _new_city(number: int) -> bytes:
    return json.dumps({"city": f"City {number}"}).encode()
