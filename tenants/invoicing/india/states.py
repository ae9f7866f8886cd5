"""State codes of Indian GST. Source: the GST portal's list; codes 25 and 28 are history."""

from dataclasses import dataclass

ABROAD = "96"
CENTRE = "99"


@dataclass(frozen=True)
class State:
    """`has_ut_tax`: a Union territory without a legislature, where UTGST takes SGST's place."""

    code: str
    name: str
    has_ut_tax: bool = False
    is_old: bool = False

    @property
    def label(self) -> str:
        """As GST returns write a place of supply: 29-Karnataka."""
        return f"{self.code}-{self.name}"


_NAMES = """
01 Jammu and Kashmir|02 Himachal Pradesh|03 Punjab|04 Chandigarh|05 Uttarakhand|06 Haryana|07 Delhi|08 Rajasthan
09 Uttar Pradesh|10 Bihar|11 Sikkim|12 Arunachal Pradesh|13 Nagaland|14 Manipur|15 Mizoram|16 Tripura
17 Meghalaya|18 Assam|19 West Bengal|20 Jharkhand|21 Odisha|22 Chhattisgarh|23 Madhya Pradesh|24 Gujarat
25 Daman and Diu|26 Dadra and Nagar Haveli and Daman and Diu|27 Maharashtra|28 Andhra Pradesh (before division)
29 Karnataka|30 Goa|31 Lakshadweep|32 Kerala|33 Tamil Nadu|34 Puducherry|35 Andaman and Nicobar Islands
36 Telangana|37 Andhra Pradesh|38 Ladakh|97 Other Territory
"""
_UT_TAX = {"04", "25", "26", "31", "35", "38", "97"}
_OLD = {"25", "28"}
_OTHER_NAMES = {
    "orissa": "21", "pondicherry": "34", "uttaranchal": "05", "new delhi": "07", "nct of delhi": "07",
    "jammu & kashmir": "01", "andaman & nicobar islands": "35", "daman and diu": "26", "dadra and nagar haveli": "26",
}  # fmt: skip


def _state(text: str) -> State:
    code, _space, name = text.strip().partition(" ")
    return State(code, name, code in _UT_TAX, code in _OLD)


STATES = {state.code: state for state in map(_state, _NAMES.strip().replace("\n", "|").split("|"))}
CURRENT = [state for state in STATES.values() if not state.is_old]
_BY_NAME = {state.name.lower(): state.code for state in CURRENT} | _OTHER_NAMES


def state_named(text: str) -> str:
    """The code of a State by its name or code; "" for what is none."""
    wanted = " ".join(text.lower().split())
    return wanted if wanted in STATES and not STATES[wanted].is_old else _BY_NAME.get(wanted, "")


def place_label(code: str) -> str:
    """A place of supply in words; 96 is any other country."""
    if code == ABROAD:
        return "96-Other Countries"
    return STATES[code].label if code in STATES else ""
