"""Names of people, firms and places in many numbers, the same in every run.

Surnames follow a long tail as real ones do: a few are shared by thousands, most by a handful.
"""

from dataclasses import dataclass
from itertools import accumulate
from random import Random
from unicodedata import normalize

FIRST = (
    "Aarav Aditi Agnieszka Ahmed Aisha Ajay Alejandro Alice Amélie Amit Ana Ananya Anders Andrei Anjali Anna Antonio "
    "Arjun Asha Astrid Beatriz Björn Boris Camille Carlos Chen Chiara Chloé Clara Claire Daniel David Deepa Dimitar "
    "Divya Dmitri Elena Elif Emil Emma Erik Eva Farah Fatima Felipe Fiona François Gabriel Georgi Gita Grace Hana "
    "Hannah Harsh Helena Hiroshi Ibrahim Ines Isha Ivan Jack James Jana Javier Jean Jelena João Jonas José Julia "
    "Karan Katarina Kavita Kenji Kiran Lakshmi Lars Laura Lea Leon Li Lina Lucas Lucía Maja Manish Marco Maria Marta "
    "Matteo Max Mehmet Meera Mia Michael Mihai Milan Mohan Nadia Natalia Neha Nikola Nikhil Nina Noah Nora Olga "
    "Oliver Omar Oskar Pablo Paula Pavel Pedro Peter Petra Pooja Pranav Priya Rahul Rajesh Renée Ritu Robert Rohan "
    "Rosa Sachin Samuel Sandeep Sara Siddharth Sofía Sneha Sofia Søren Stefan Sunita Suresh Tanvi Tariq Teresa Thomas "
    "Tomasz Uma Vera Victor Vikram Viktoria Vivek Wei William Yusuf Zainab Zoë Zoya"
).split()
LAST = (
    "Sharma Smith Patel García Ivanov Müller Nair Kumar Rossi Silva Kowalski Novák Georgiev Jones Singh Petrov López "
    "Shah Fernández Nguyen Kim Iyer Johansson Costa Deshmukh Brown Weber Dubois Kulkarni Hansen Popescu Wilson Reddy "
    "Schneider O'Brien D'Souza Yılmaz Tanaka Mehta Joshi Dimitrov Martínez Taylor Gupta Wójcik Horvat Bianchi Chopra"
).split()
STARTS = "Al An Bar Bel Bor Cal Chan Dal Dev Dor El Fal Gar Gon Hal Har Jan Kal Kar Kor Lam Mal Mar Mor Nar Ost Pal"
MIDDLES = "a e i o u ad am an ar en er il in ir on or ov ul und"
ENDS = "dez der din gaard han ic in itz ka kar lin man mann nova off ova raj sen ski son stad ton va vic wal witz"
TRADES = "Solar Foods Textiles Logistics Steel Pharma Software Motors Paper Glass Power Robotics Studios Dairy".split()
FORMS = "Ltd;Pvt. Ltd.;GmbH;AG;S.A.;Inc.;LLC;OOD;Kft.;BV;AB;& Sons".split(";")
CITIES = (
    "Pune Mumbai Delhi Bengaluru Chennai Sofia Plovdiv Varna Berlin München Köln Paris Lyon Madrid Sevilla Lisboa "
    "Kraków Praha Wien Zürich London Leeds Dublin Oslo Malmö København Austin Denver Boston Chicago Toronto Montréal"
).split()
JOBS = "Owner;Director;Head of Purchasing;Plant Manager;Accountant;Engineer;Assistant;Head of Sales;Buyer".split(";")
TAGS = "vip press partner trade-fair newsletter do-not-call reference supplier expo-2025 family".split()
FOLDED = str.maketrans({"ø": "o", "ı": "i", "ł": "l", "'": None})


def ascii_of(text: str) -> str:
    """As it stands in front of an @."""
    return normalize("NFKD", text.lower().translate(FOLDED)).encode("ascii", "ignore").decode()


@dataclass(frozen=True)
class Person:
    first: str
    last: str
    email: str
    phone: str
    city: str
    job: str


class Names:
    """One deterministic stream of people and firms."""

    def __init__(self, seed: int = 3) -> None:
        self.random = Random(seed)  # noqa: S311 - the same rows in every run
        coined = [a + b + c for a in STARTS.split() for b in MIDDLES.split() for c in ENDS.split()]
        self.random.shuffle(coined)
        self.surnames = LAST + coined
        self.weights = list(accumulate(1 / (place + 8) for place in range(len(self.surnames))))

    def surname(self) -> str:
        return self.random.choices(self.surnames, cum_weights=self.weights)[0]

    def person(self, number: int) -> Person:
        """The number makes the e-mail address and the phone unlike all others."""
        random = self.random
        first, last = random.choice(FIRST), self.surname()
        mailbox = ascii_of(f"{first}.{last}{number}")
        return Person(
            first,
            last,
            f"{mailbox}@{random.choice(('example.com', 'mail.example', 'works.example', 'post.example'))}",
            f"+9198{(number * 7_919 + 20_011_842) % 100_000_000:08}",
            random.choice(CITIES),
            random.choice(JOBS),
        )

    def firm(self, number: int) -> str:
        return f"{self.surname()} {self.random.choice(TRADES)} {self.random.choice(FORMS)} {number}"

    def tags(self) -> list[str]:
        return self.random.sample(TAGS, self.random.choice((0, 0, 1, 2)))
