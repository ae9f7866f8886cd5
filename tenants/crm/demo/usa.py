"""Harbor Dental Supply in Portland, Maine: chairs, imaging and supplies for practices."""

from random import Random

from stdnum.us import ein

from tenants.crm.demo.world import City, World, digits, valid_phone

FIRST_NAMES = (
    "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica "
    "Thomas Karen Daniel Nancy Matthew Lisa Anthony Margaret Mark Sandra Steven Ashley Andrew Emily Joshua Michelle "
    "Kevin Amanda Brian Melissa Carlos Sofia Luis Camila Wei Grace Priya Omar Aisha Tyler Hannah Ethan Olivia Marcus Denise"
).split()
LAST_NAMES = (
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson "
    "Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young "
    "Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter "
    "O'Brien Sullivan Pelletier Bouchard Chen Patel Kim"
).split()


def person(random: Random) -> tuple[str, str]:
    return random.choice(FIRST_NAMES), random.choice(LAST_NAMES)


def phone(random: Random, city: City) -> str:
    """555-0100 to 555-0199: kept free for fiction in every area code."""
    return valid_phone(lambda: f"+1{city.area_code}55501{digits(random, 2)}")


def employer_number(random: Random, city: City) -> str:
    number = f"{random.choice(('01', '02', '04', '05', '06', '13', '20', '26', '45', '46', '47', '81', '82'))}{digits(random, 7)}"
    return str(ein.format(ein.validate(number)))


USA = World(
    country="US",
    people=person,
    phone=phone,
    tax_id=employer_number,
    postal_digits=5,
    cities=(
        City("Portland", "Maine", "041", ("{n} Congress Street", "{n} Commercial Street", "{n} Forest Avenue"), "207"),
        City("Bangor", "Maine", "044", ("{n} Main Street", "{n} Union Street"), "207"),
        City("Boston", "Massachusetts", "021", ("{n} Boylston Street", "{n} Commonwealth Avenue", "{n} Tremont Street"), "617"),
        City("Worcester", "Massachusetts", "016", ("{n} Shrewsbury Street", "{n} Park Avenue"), "508"),
        City("Providence", "Rhode Island", "029", ("{n} Hope Street", "{n} Wickenden Street"), "401"),
        City("Manchester", "New Hampshire", "031", ("{n} Elm Street", "{n} South Willow Street"), "603"),
        City("Burlington", "Vermont", "054", ("{n} Pine Street", "{n} Shelburne Road"), "802"),
        City("Hartford", "Connecticut", "061", ("{n} Farmington Avenue", "{n} Asylum Street"), "860"),
        City("New York", "New York", "100", ("{n} Lexington Avenue", "{n} West 72nd Street"), "212"),
        City("Albany", "New York", "122", ("{n} Western Avenue", "{n} Lark Street"), "518"),
        City("Philadelphia", "Pennsylvania", "191", ("{n} Walnut Street", "{n} Germantown Avenue"), "215"),
        City("Newark", "New Jersey", "071", ("{n} Broad Street", "{n} Bloomfield Avenue"), "973"),
    ),
    account_stems=(
        "Bayside", "Casco", "Lighthouse", "Maple Grove", "Evergreen", "Harborview", "Riverside", "Granite", "Pine Tree",
        "Beacon Hill", "Old Port", "Summit", "Cedar", "Stonewall", "Fairfield", "Northgate", "Willow Creek", "Acadia",
        "Blue Heron", "Sandpiper", "Colonial", "Penobscot", "Brookline", "Kingsbridge", "Silver Lake",
    ),
    account_tails=(
        ("Family Dental", "Dental practice"), ("Dental Group", "Dental practice"), ("Orthodontics", "Orthodontics"),
        ("Oral Surgery", "Oral surgery"), ("Pediatric Dentistry", "Pediatric dentistry"), ("Periodontics", "Periodontics"),
        ("Endodontics", "Endodontics"), ("Smile Studio", "Cosmetic dentistry"), ("Dental Lab", "Dental laboratory"),
        ("Community Health", "Community clinic"),
    ),
    job_titles=(
        "Practice Manager", "Dentist", "Owner", "Office Manager", "Orthodontist", "Lead Hygienist", "Purchasing Coordinator",
        "Oral Surgeon", "Operations Director", "Dental Assistant", "Bookkeeper", "Regional Manager",
    ),
    deals=(
        "{n} operatory chairs", "Cone beam scanner for {city}", "Yearly supplies, {n} operatories", "Sterilization center refit",
        "{n} intraoral scanners", "Digital X-ray upgrade, {n} rooms", "New office build-out, {city}", "Service plan, {n} chairs",
    ),
    deal_numbers=(2, 3, 4, 5, 6, 8, 10, 12, 16),
    amounts=(900, 185_000, 50),
    lost_reasons=(
        "Went with a national distributor", "Budget moved to next year", "Bought used equipment", "Financing fell through",
        "No reply after the demo", "Practice was sold",
    ),
    tasks=(
        "Call back about the quote", "Schedule the showroom visit", "Send financing options", "Confirm the delivery window",
        "Check water and air lines with the contractor", "Follow up after the demo", "Ask for the floor plan", "Renew the service plan",
    ),
    notes=(
        "Spoke with the office manager. Two chairs are past repair; they want to replace all four at once.",
        "Demo went well. The hygienists liked the delivery arm; the owner wants a lower price on the stools.",
        "They lease the office until 2028, so build-out has to pay back before that.",
        "Sent three financing options. They lean toward 60 months.",
        "Current supplier has back orders of six weeks on gloves and tips.",
        "Asked whether the scanner exports open files. It does; sent a sample.",
        "Left a voicemail. Best time to reach them is before 8:30.",
        "Ready to sign once the contractor confirms the electrical work.",
    ),
)  # fmt: skip
