from django.db import models
from django.utils.translation import gettext_lazy as _


class StageKind(models.TextChoices):
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class DealStatus(models.TextChoices):
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    ABANDONED = "abandoned", _("Abandoned")


class Source(models.TextChoices):
    REFERRAL = "referral", _("Referral")
    WEBSITE = "website", _("Website")
    ADVERTISING = "advertising", _("Advertising")
    EVENT = "event", _("Event")
    COLD_CALL = "cold_call", _("Cold call")
    PARTNER = "partner", _("Partner")
    OTHER = "other", _("Other")


class Temperature(models.TextChoices):
    HOT = "hot", _("Hot")
    WARM = "warm", _("Warm")
    COLD = "cold", _("Cold")


class Lifecycle(models.TextChoices):
    """How far somebody has come towards being a customer, and beyond."""

    SUBSCRIBER = "subscriber", _("Subscriber")
    LEAD = "lead", _("Lead")
    MQL = "mql", _("Marketing qualified")
    SQL = "sql", _("Sales qualified")
    OPPORTUNITY = "opportunity", _("Opportunity")
    CUSTOMER = "customer", _("Customer")
    FORMER = "former", _("Former customer")


class LeadStatus(models.TextChoices):
    NEW = "new", _("New")
    WORKING = "working", _("Working")
    QUALIFIED = "qualified", _("Qualified")
    UNQUALIFIED = "unqualified", _("Unqualified")
    CONVERTED = "converted", _("Converted")


class DecisionRole(models.TextChoices):
    """What somebody's word counts for when their organisation buys."""

    DECISION_MAKER = "decision_maker", _("Decision maker")
    CHAMPION = "champion", _("Champion")
    INFLUENCER = "influencer", _("Influencer")
    USER = "user", _("User")
    GATEKEEPER = "gatekeeper", _("Gatekeeper")
    BLOCKER = "blocker", _("Blocker")


class Risk(models.TextChoices):
    LOW = "low", _("Low risk")
    MEDIUM = "medium", _("Medium risk")
    HIGH = "high", _("High risk")


class SeatRole(models.TextChoices):
    """What a colleague does for an account or in a deal."""

    LEAD = "lead", _("Lead")
    SALES = "sales", _("Sales")
    PRESALES = "presales", _("Presales")
    SUCCESS = "success", _("Customer success")
    SUPPORT = "support", _("Support")
    SPONSOR = "sponsor", _("Sponsor")


class Priority(models.TextChoices):
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")


class TaskStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    IN_PROGRESS = "in_progress", _("In progress")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")


class TaskCategory(models.TextChoices):
    TO_DO = "to_do", _("To do")
    CALL = "call", _("Call")
    EMAIL = "email", _("E-mail")
    MEETING = "meeting", _("Meeting")
    FOLLOW_UP = "follow_up", _("Follow-up")
    PAPERWORK = "paperwork", _("Paperwork")


class ActivityType(models.TextChoices):
    """The eighteen of the customer's roadmap."""

    PHONE_CALL = "phone_call", _("Phone call")
    EMAIL = "email", _("E-mail")
    MEETING = "meeting", _("Meeting")
    TASK = "task", _("Task")
    NOTE = "note", _("Note")
    SMS = "sms", _("SMS")
    WHATSAPP = "whatsapp", _("WhatsApp")
    QUOTE_SENT = "quote_sent", _("Quote sent")
    PROPOSAL_SENT = "proposal_sent", _("Proposal sent")
    CONTRACT_SENT = "contract_sent", _("Contract sent")
    DEMO_SCHEDULED = "demo_scheduled", _("Demo scheduled")
    DEMO_COMPLETED = "demo_completed", _("Demo completed")
    FOLLOW_UP = "follow_up", _("Follow-up")
    WEBSITE_VISIT = "website_visit", _("Website visit")
    SOCIAL_INTERACTION = "social_interaction", _("Social interaction")
    SUPPORT_TICKET = "support_ticket", _("Support ticket")
    PURCHASE = "purchase", _("Purchase")
    PAYMENT_RECEIVED = "payment_received", _("Payment received")


ACTIVITY_ICONS = {
    ActivityType.PHONE_CALL: "phone", ActivityType.EMAIL: "mail", ActivityType.MEETING: "calendar",
    ActivityType.TASK: "checkbox", ActivityType.NOTE: "note", ActivityType.SMS: "message",
    ActivityType.WHATSAPP: "brand-whatsapp", ActivityType.QUOTE_SENT: "file-dollar",
    ActivityType.PROPOSAL_SENT: "file-description", ActivityType.CONTRACT_SENT: "file-text",
    ActivityType.DEMO_SCHEDULED: "calendar-plus", ActivityType.DEMO_COMPLETED: "presentation",
    ActivityType.FOLLOW_UP: "arrow-forward-up", ActivityType.WEBSITE_VISIT: "world",
    ActivityType.SOCIAL_INTERACTION: "thumb-up", ActivityType.SUPPORT_TICKET: "lifebuoy",
    ActivityType.PURCHASE: "shopping-cart", ActivityType.PAYMENT_RECEIVED: "cash",
}  # fmt: skip


class Outcome(models.TextChoices):
    """How an activity went."""

    POSITIVE = "positive", _("Went well")
    NEUTRAL = "neutral", _("Neutral")
    NEGATIVE = "negative", _("Did not go well")
    NO_ANSWER = "no_answer", _("Nobody reached")


class CardField(models.TextChoices):
    """The eleven things a deal's card may show (CRM-22)."""

    CUSTOMER = "customer", _("Customer")
    COMPANY = "company", _("Company")
    VALUE = "value", _("Value")
    PROBABILITY = "probability", _("Probability")
    DAYS_IN_STAGE = "days_in_stage", _("Days in stage")
    AGENT = "agent", _("Owner")
    PRIORITY = "priority", _("Hot, warm or cold")
    NEXT_ACTION = "next_action", _("Next action")
    NEXT_ACTION_DATE = "next_action_date", _("Date of the next action")
    TAGS = "tags", _("Tags")
    PRODUCT_INTEREST = "product_interest", _("Product interest")


OPEN_TASKS = (TaskStatus.PENDING, TaskStatus.IN_PROGRESS)
CLOSED_DEALS = (DealStatus.WON, DealStatus.LOST, DealStatus.ABANDONED)

# (name, probability in percent, kind): the nine of the customer's roadmap.
DEFAULT_STAGES = (
    ("New Lead", 10, StageKind.OPEN),
    ("Contacted", 20, StageKind.OPEN),
    ("Qualified (MQL)", 35, StageKind.OPEN),
    ("Meeting Scheduled", 50, StageKind.OPEN),
    ("Proposal Sent", 65, StageKind.OPEN),
    ("Negotiation", 80, StageKind.OPEN),
    ("Closed Won", 100, StageKind.WON),
    ("Closed Lost", 0, StageKind.LOST),
    ("Nurturing", 5, StageKind.OPEN),
)
DEFAULT_LOST_REASONS = (
    _("Price"), _("A competitor was chosen"), _("No budget"), _("Wrong time"), _("No answer any more"),
    _("Missing feature"),
)  # fmt: skip
DEFAULT_CARD = (
    CardField.CUSTOMER, CardField.COMPANY, CardField.VALUE, CardField.AGENT, CardField.PRIORITY,
    CardField.NEXT_ACTION, CardField.NEXT_ACTION_DATE,
)  # fmt: skip
