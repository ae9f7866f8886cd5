"""Who is in the demo: two agencies with brands of their own, three companies with their people."""

from dataclasses import dataclass

PLATFORM_ADMIN = ("Platform Admin", "admin@platform.example")


@dataclass(frozen=True)
class Person:
    name: str
    email: str
    role: str


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody of an agency, kept to some of its companies (by slug) and parts of the portal."""

    name: str
    email: str
    companies: tuple[str, ...]
    tabs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AgencyPart:
    name: str
    slug: str
    owner_name: str
    owner_email: str
    plan: str
    brand: dict[str, str]
    staff: tuple[Colleague, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CompanyPart:
    name: str
    slug: str
    agency: str
    country: str
    language: str = "en"
    time_zone: str = ""
    """Empty: the country's."""
    people: tuple[Person, ...]
    """The owner first."""


AGENCIES = (
    AgencyPart(
        name="Northstar Digital",
        slug="northstar",
        owner_name="Nina Rao",
        owner_email="nina@northstar.example",
        plan="pro",
        brand={
            "product_name": "Northstar",
            "colour": "#4b3fd6",
            "sender_name": "Northstar",
            "sender_email": "hello@northstar.example",
            "support_email": "support@northstar.example",
            "terms_url": "https://northstar.example/terms",
            "privacy_url": "https://northstar.example/privacy",
        },
        staff=(
            Colleague(
                name="Ishaan Mehta",
                email="ishaan@northstar.example",
                companies=("harbor",),
                tabs=("companies", "support"),
            ),
        ),
    ),
    AgencyPart(
        name="Greenfield Partners",
        slug="greenfield",
        owner_name="Martin Kolev",
        owner_email="martin@greenfield.example",
        plan="basic",
        brand={
            "product_name": "Fieldbook",
            "colour": "#0f7a4f",
            "sender_name": "Fieldbook by Greenfield",
            "sender_email": "team@greenfield.example",
            "support_email": "care@greenfield.example",
            "terms_url": "https://greenfield.example/legal/terms",
            "privacy_url": "https://greenfield.example/legal/privacy",
        },
    ),
)
COMPANIES = (
    CompanyPart(
        name="Acme Solar",
        slug="acme",
        agency="northstar",
        country="IN",
        people=(
            Person("Anil Deshpande", "anil@acmesolar.example", "owner"),
            Person("Sneha Kulkarni", "sneha@acmesolar.example", "manager"),
            Person("Rohan Patil", "rohan@acmesolar.example", "sales-rep"),
            Person("Farah Shaikh", "farah@acmesolar.example", "sales-rep"),
            Person("Vivek Joshi", "vivek@acmesolar.example", "support"),
        ),
    ),
    CompanyPart(
        name="Black Sea Logistics",
        slug="blacksea",
        agency="greenfield",
        country="BG",
        language="bg",
        people=(
            Person("Елена Маринова", "elena@blacksealogistics.example", "owner"),
            Person("Георги Станчев", "georgi@blacksealogistics.example", "manager"),
            Person("Десислава Петрова", "desislava@blacksealogistics.example", "sales-rep"),
            Person("Калоян Димов", "kaloyan@blacksealogistics.example", "sales-rep"),
            Person("Ваня Тодорова", "vanya@blacksealogistics.example", "read-only"),
        ),
    ),
    CompanyPart(
        name="Harbor Dental Supply",
        slug="harbor",
        agency="northstar",
        country="US",
        people=(
            Person("Grace Sullivan", "grace@harbordental.example", "owner"),
            Person("Marcus Bouchard", "marcus@harbordental.example", "manager"),
            Person("Camila Torres", "camila@harbordental.example", "sales-rep"),
            Person("Tyler Nguyen", "tyler@harbordental.example", "support"),
            # Works for both companies of the agency, and may switch between them.
            Person("Sneha Kulkarni", "sneha@acmesolar.example", "read-only"),
        ),
    ),
)
