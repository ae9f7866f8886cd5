"""Acme Solar in Pune: rooftop plants for factories, hospitals and housing societies."""

from random import Random

from stdnum import luhn

from tenants.crm.demo.world import City, World, digits, valid_phone

GSTIN_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
STATE_CODES = {
    "Maharashtra": "27", "Karnataka": "29", "Gujarat": "24", "Tamil Nadu": "33", "Telangana": "36",
    "Delhi": "07", "Rajasthan": "08", "Kerala": "32", "Goa": "30", "Madhya Pradesh": "23",
}  # fmt: skip
WOMEN = (
    "Aarti Aditi Ananya Anjali Bhavna Deepa Divya Farah Gauri Isha Kavita Lakshmi Madhuri Meera Nandini Neha Nisha "
    "Pallavi Pooja Priya Rashmi Rekha Ritu Sakshi Shalini Shreya Smita Sneha Sunita Swati Tanvi Vidya Zoya"
).split()
MEN = (
    "Abhishek Aditya Ajay Amit Anand Arjun Ashok Chetan Deepak Dinesh Farhan Ganesh Girish Harsh Imran Karan Kunal "
    "Mahesh Manish Mohan Nikhil Nitin Pankaj Prakash Pranav Rahul Rajesh Ramesh Rohan Sachin Sandeep Sanjay Siddharth "
    "Suresh Tushar Varun Vikram Vinod Vivek Yash"
).split()
SURNAMES = (
    "Agarwal Bhat Bhosale Chavan Chopra D'Souza Das Deshmukh Deshpande Gaikwad Ghosh Gokhale Gupta Iyer Jadhav Jain "
    "Joshi Kadam Kale Kapoor Khan Kulkarni Kumar Mehta Menon Mishra More Nair Naik Pandey Patel Patil Pawar Pillai "
    "Rane Rao Reddy Sawant Shah Sharma Shetty Shinde Singh Sinha Thakur Tiwari Varghese Verma Wagh"
).split()


def person(random: Random) -> tuple[str, str]:
    return random.choice(WOMEN if random.random() < 0.42 else MEN), random.choice(SURNAMES)


def phone(random: Random, city: City) -> str:
    return valid_phone(lambda: f"+91{random.choice(('98', '99', '97', '96', '88', '70', '77'))}{digits(random, 8)}")


def gstin(random: Random, city: City) -> str:
    """State, PAN of a company, first registration, Z, check digit (mod 36 over all before it).

    Source: GST Network's format, as python-stdnum checks it.
    """
    letters = "ABCDEFGHJKLMNPRSTUVW"
    pan = "".join(random.choice(letters) for _ in range(3)) + "C" + random.choice(letters)
    body = f"{STATE_CODES[city.region]}{pan}{random.randint(1000, 9999)}{random.choice(letters)}1Z"
    return body + luhn.calc_check_digit(body, GSTIN_ALPHABET)


INDIA = World(
    country="IN",
    people=person,
    phone=phone,
    tax_id=gstin,
    postal_digits=6,
    cities=(
        City("Pune", "Maharashtra", "4110", ("Plot {n}, MIDC Bhosari", "{n} Baner Road", "{n} Senapati Bapat Road", "Gat No. {n}, Chakan")),
        City("Mumbai", "Maharashtra", "4000", ("{n} Lal Bahadur Shastri Marg, Kurla", "{n} Andheri-Kurla Road", "Unit {n}, Lower Parel")),
        City("Nashik", "Maharashtra", "4220", ("Plot {n}, MIDC Ambad", "{n} College Road")),
        City("Nagpur", "Maharashtra", "4400", ("{n} Wardha Road", "Plot {n}, Hingna MIDC")),
        City("Kolhapur", "Maharashtra", "4160", ("{n} Station Road", "Plot {n}, Shiroli MIDC")),
        City("Bengaluru", "Karnataka", "5600", ("{n} Hosur Road", "Plot {n}, Peenya Industrial Area", "{n} Outer Ring Road")),
        City("Ahmedabad", "Gujarat", "3800", ("{n} SG Highway", "Plot {n}, Vatva GIDC")),
        City("Surat", "Gujarat", "3950", ("{n} Ring Road", "Plot {n}, Sachin GIDC")),
        City("Chennai", "Tamil Nadu", "6000", ("{n} Mount Road", "Plot {n}, Ambattur Estate")),
        City("Hyderabad", "Telangana", "5000", ("{n} Road No. 12, Banjara Hills", "Plot {n}, Nacharam")),
        City("Jaipur", "Rajasthan", "3020", ("{n} Tonk Road", "Plot {n}, Sitapura")),
        City("Panaji", "Goa", "4030", ("{n} Dayanand Bandodkar Marg", "Plot {n}, Verna Estate")),
        City("Indore", "Madhya Pradesh", "4520", ("{n} AB Road", "Plot {n}, Pithampur")),
    ),
    account_stems=(
        "Sahyadri", "Deccan", "Shivneri", "Godavari", "Narmada", "Krishna", "Konkan", "Malhar", "Vasant", "Suryoday",
        "Bharat", "Ganga", "Himalaya", "Ashoka", "Navjeevan", "Siddhi", "Samarth", "Pragati", "Lotus", "Peacock",
        "Akshay", "Indus", "Vindhya", "Nirmal", "Saraswati", "Chaitanya", "Mahalaxmi", "Trimurti", "Unnati", "Rajdhani",
    ),
    account_tails=(
        ("Textiles", "Textiles"), ("Auto Components", "Automotive"), ("Precision Castings", "Metal working"),
        ("Foods", "Food processing"), ("Cold Storage", "Logistics"), ("Pharma", "Pharmaceuticals"), ("Hospital", "Healthcare"),
        ("Public School", "Education"), ("Housing Society", "Housing"), ("Plastics", "Plastics"), ("Dairy", "Food processing"),
        ("Agro Industries", "Agriculture"), ("Hotels", "Hospitality"), ("Engineering Works", "Metal working"),
    ),
    job_titles=(
        "Plant Head", "Factory Manager", "Managing Director", "Purchase Manager", "Chief Engineer", "Finance Controller",
        "General Manager Operations", "Maintenance Engineer", "Society Secretary", "Principal", "Energy Manager",
        "Proprietor", "Director", "Accounts Manager",
    ),
    deals=(
        "{n} kW rooftop plant", "{n} kW rooftop, {city} unit", "{n} kW carport with chargers", "{n} kW extension, phase 2",
        "Annual maintenance, {n} kW", "{n} kW plant with net metering", "{n} kW hybrid with battery", "Open access, {n} kW",
    ),
    deal_numbers=(10, 15, 25, 30, 40, 50, 75, 100, 120, 150, 200, 250, 300, 400, 500),
    amounts=(180_000, 14_500_000, 5_000),
    lost_reasons=(
        "Chose a cheaper bid", "Roof cannot carry the load", "Board put it off to next year", "Subsidy ran out",
        "Stayed with the present vendor", "No answer after the proposal",
    ),
    tasks=(
        "Call about the site survey", "Send the revised quotation", "Ask for the last twelve bills", "Check the shadow analysis",
        "Follow up on net metering papers", "Visit the roof with the engineer", "Share references of two plants nearby",
        "Remind about the advance payment", "Confirm the date of installation",
    ),
    notes=(
        "Met at the plant. Bills come to about ₹4.2 lakh a month; they run two shifts and want to be below ₹6.50 a unit.",
        "Roof is trapezoidal sheet, 11 years old. They want our view before they repaint it.",
        "Sent the proposal with and without battery. Finance prefers OPEX, owner prefers CAPEX.",
        "Asked for three references from the same estate. Shared Bhosari and Chakan.",
        "They compare us with two others. Price is close; our warranty on inverters is the difference.",
        "MSEDCL papers are with the consultant; sanction load is 180 kVA.",
        "Spoke for ten minutes. Decision after the board meets on the 15th.",
        "Wants the work done before the monsoon.",
    ),
)  # fmt: skip
