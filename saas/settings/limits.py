"""What one company may take of what all share: time of statements, threads, connections."""

from saas.settings import env

# How long a statement may work while somebody waits, by the agency's plan; "" for plans not named.
STATEMENT_SECONDS = {"": 20, "free": 10, "basic": 15, "pro": 20, "enterprise": 30}
LOCK_SECONDS = 10
IDLE_SECONDS = 60
# Where nobody waits: imports, exports, what a worker does. Under the time limit of its tasks.
WORK_STATEMENT_SECONDS = 260
WORK_LOCK_SECONDS = 60
WORK_IDLE_SECONDS = 260

# Threads of a web process. One company may have all but two, half of them for longer than a second.
WEB_THREADS = env.number("WEB_THREADS", 10)

# A connection is closed after so many companies: its memory grows with each and is never given back.
DB_CONN_MOST_COMPANIES = env.number("DB_CONN_MOST_COMPANIES", 100)
# What stands between us and PostgreSQL: "transaction" or "session" for a PgBouncer of that mode; empty: nothing.
DB_POOLER = env.text("DB_POOLER")
# Whether PostgreSQL may go without its walls (`manage.py walls check`): "open" takes the risk on, knowingly.
DB_WALLS = env.text("DB_WALLS")
