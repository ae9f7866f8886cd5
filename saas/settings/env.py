"""Reading the environment: every variable has one place and one meaning."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parents[2]
ENV = os.environ.get("OMNIFLOW_ENV", "development")
IS_PRODUCTION = ENV == "production"
DATA_DIR = Path(os.environ.get("OMNIFLOW_DATA_DIR", BASE_DIR / ".data")).resolve()


def text(name: str, default: str = "") -> str:
    return os.environ.get(f"OMNIFLOW_{name}", default)


def number(name: str, default: int) -> int:
    return int(text(name) or default)


def secret_key() -> str:
    """Given in production; kept in the data folder otherwise."""
    if given := text("SECRET_KEY"):
        return given
    kept = DATA_DIR / "secret_key"
    if kept.is_file():
        return kept.read_text().strip()
    if IS_PRODUCTION:
        raise RuntimeError("Set OMNIFLOW_SECRET_KEY: production needs a secret of its own.")
    return "development-only-not-a-secret-" + "0" * 40


def database(url: str) -> dict[str, object]:
    """Django's settings for a libpq URL, sockets (`?host=/folder`) included."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "tenants.kernel.db",
        "NAME": unquote(parts.path.lstrip("/")) or "omniflow",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": number("DB_CONN_MAX_AGE", 600),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**query, **_start_of_connections()},
        # A cursor of the server does not outlive the transaction that a pooler gives.
        "DISABLE_SERVER_SIDE_CURSORS": text("DB_POOLER") == "transaction",
    }


def _start_of_connections() -> dict[str, str]:
    """A connection that nobody has pointed anywhere looks into a schema that does not exist.

    Poolers take no options; there the role in the database says the same (infra/docs/running.md).
    """
    return {} if text("DB_POOLER") == "transaction" else {"options": "-c search_path=nowhere"}
