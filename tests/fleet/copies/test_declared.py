"""Nobody forgets a secret: every table that could hold one says what becomes of it in a copy."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Model

from tenants.fleet.copies.carried import coming, held
from tenants.kernel.copies import CLONES, Copy, is_declared, terms_of
from tenants.kernel.logs import SECRET_NAMES
from tenants.kernel.secret_fields import SecretField

HARMLESS = {
    "records.File": "the digest is of the file's bytes",
    "voice.Call": "request_key tells two asks of a page apart",
    "records.Change": "request_id and the like",
    "invoicing.Invoice": "the digest is of the PDF",
}
LOOKS_SECRET = ("digest", "token", "secret", "password", "credential", "session", "wrapped", "key_hash", "handle")


def company_models() -> list[type[Model]]:
    return [m for m in apps.get_models() if m._meta.app_config.name in settings.TENANT_APPS]


def secret_columns(model: type[Model]) -> list[str]:
    return [
        field.name
        for field in model._meta.local_fields
        if isinstance(field, SecretField)
        or SECRET_NAMES.search(field.name)
        or any(word in field.name for word in LOOKS_SECRET)
    ]


def test_every_table_with_a_secret_is_spoken_of() -> None:
    silent = [
        model._meta.label
        for model in company_models()
        if secret_columns(model) and not is_declared(model._meta.label) and model._meta.label not in HARMLESS
    ]

    assert silent == []


def test_no_secret_comes_into_a_clone() -> None:
    """Columns that open something: the table stays behind, or the column holds something else."""
    kept = []
    for model in company_models():
        label, terms = model._meta.label, terms_of(model._meta.label)
        for name in secret_columns(model):
            for copy in CLONES | {Copy.SHAPE, Copy.PACKAGE}:
                if label not in HARMLESS and copy in terms.comes and not terms.holds_in(copy, name):
                    kept.append(f"{label}.{name} in a {copy}")

    # Rules of signing in are no secrets, whatever their names say.
    assert [one for one in sorted(set(kept)) if not one.startswith("identity.SignInPolicy.")] == []


@pytest.mark.parametrize("copy", list(Copy))
def test_what_comes_along_points_at_what_comes_along(copy: Copy) -> None:
    for model in company_models():
        if model._meta.db_table in coming(copy):
            held(model, copy)


def test_every_declared_table_exists() -> None:
    from tenants.kernel.copies import _terms

    known = {model._meta.label_lower for model in company_models()}

    assert set(_terms) - known == set()
