"""T16: what an injection can reach in a company's place. Each attack is tried in a page that lets everything in.

`SERVER`: PostgreSQL itself refuses, whatever the program does. `PROGRAM`: PostgreSQL would do it for whoever can
send a whole statement; our cursor refuses (`kernel.db.cursors`). Both are tried, each by itself.
"""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from tenants.directory.enums import Face
from tenants.kernel import context
from tenants.kernel.db.cursors import ROWS_ONLY, Ours
from tenants.kernel.db.walls import open_doors
from tests.factories import Twin

DENIED = "permission denied"
SERVER = [
    # Behind a statement of ours.
    ("where", "'; RESET ROLE; SELECT first_name FROM \"{b}\".crm_contact --", "multiple commands"),
    ("where", "'; SET ROLE \"{b}\" --", "multiple commands"),
    ("where", "'; COMMIT; RESET ROLE --", "multiple commands"),
    ("where", "' UNION SELECT first_name FROM \"{b}\".crm_contact --", DENIED),
    ("where", "' UNION SELECT name FROM public.directory_company --", DENIED),
    ("where", "' OR 'x' = set_config('role', '{b}', false) --", DENIED),
    ("where", "' UNION SELECT set_config('role', 'none', true) --", DENIED),
    ("where", "' UNION SELECT set_config('search_path', '{b}', false) --", DENIED),
    ("where", "' UNION SELECT set_config('statement_timeout', '0', false) --", DENIED),
    ("where", "' UNION SELECT pg_catalog.set_config('rol' || 'e', '{b}', false) --", DENIED),
    ("where", "' UNION SELECT U&\"set\\005fconfig\"('role', '{b}', false) --", DENIED),
    ("order", "(SELECT set_config('role', '{b}', false))", DENIED),
    ("order", "(SELECT count(*) FROM \"{b}\".crm_contact)", DENIED),
    ("order", "1 LIMIT (SELECT length(set_config('role', '{b}', false)))", DENIED),
    # Texts run as SQL within a statement.
    ("where", "' UNION SELECT query_to_xml('SELECT set_config(''role'', ''{b}'', false)', true, true, '')::text --",
     DENIED),
    ("where", "' UNION SELECT query_to_xml('SELECT first_name FROM {b}.crm_contact', true, true, '')::text --", DENIED),
    ("where", "' UNION SELECT table_to_xml('{b}.crm_contact', true, true, '')::text --", DENIED),
    ("where", "' UNION SELECT word FROM ts_stat('SELECT to_tsvector(first_name) FROM {b}.crm_contact') --", DENIED),
    ("where", "' UNION SELECT cursor_to_xml('c', 1, true, true, '')::text --", DENIED),
    # Whole statements that may write.
    ("all", "UPDATE pg_settings SET setting = '{b}' WHERE name = 'search_path'", DENIED),
    ("all", "WITH gone AS (DELETE FROM \"{b}\".crm_contact RETURNING first_name) SELECT * FROM gone", DENIED),
    ("all", "WITH one AS (SELECT set_config('role', '{b}', false)) SELECT * FROM one", DENIED),
    ("all", "INSERT INTO crm_contact (id, first_name) SELECT gen_random_uuid(), first_name FROM \"{b}\".crm_contact",
     DENIED),
    ("all", "MERGE INTO \"{b}\".crm_contact a USING (SELECT 1) b ON true WHEN MATCHED THEN DELETE", DENIED),
    ("all", "SELECT first_name INTO trojan FROM crm_contact", DENIED),
    ("all", "SELECT 'x' AS first_name INTO TEMP crm_contact", DENIED),
    ("all", "EXPLAIN ANALYZE SELECT set_config('role', '{b}', false)", DENIED),
    ("all", "EXPLAIN ANALYZE CREATE TEMP TABLE crm_contact AS SELECT 'x' AS first_name", DENIED),
    ("all", "COPY (SELECT 1) TO PROGRAM 'id'", DENIED),
    ("all", "COPY (SELECT 1) TO '/tmp/omniflow-trojan'", DENIED),
    ("all", "COPY crm_contact FROM '/etc/passwd'", DENIED),
    # Files, other databases, large objects.
    ("where", "' UNION SELECT pg_read_file('/etc/passwd') --", DENIED),
    ("where", "' UNION SELECT pg_ls_dir('/') --", DENIED),
    ("where", "' UNION SELECT lo_import('/etc/passwd')::text --", DENIED),
    ("where", "' UNION SELECT lo_from_bytea(0, 'x')::text --", DENIED),
    ("where", "' UNION SELECT lo_create(0)::text --", DENIED),
    ("where", "' UNION SELECT dblink('host=/', 'SELECT 1')::text --", "does not exist"),
    ("where", "' UNION SELECT rolpassword FROM pg_authid --", DENIED),
    # Other sessions.
    ("where", "' UNION SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity --", DENIED),
    ("where", "' UNION SELECT pg_cancel_backend(pid)::text FROM pg_stat_activity --", DENIED),
    ("where", "' UNION SELECT pg_advisory_lock(1)::text --", DENIED),
    ("where", "' UNION SELECT pg_advisory_unlock_all()::text --", DENIED),
    ("where", "' UNION SELECT pg_notify('x', 'y')::text --", DENIED),
    ("where", "' UNION SELECT pg_sleep(60)::text --", DENIED),
    ("where", "' UNION SELECT statement FROM pg_prepared_statements --", DENIED),
]  # fmt: skip
PROGRAM = [
    "RESET ROLE", "reset role", " RESET ROLE", "/* x */ RESET ROLE", "-- x\nRESET ROLE", ";RESET ROLE",
    "SET ROLE \"{b}\"", "SET LOCAL ROLE \"{b}\"", "SET SESSION ROLE \"{b}\"", "SET SESSION AUTHORIZATION \"{b}\"",
    "RESET SESSION AUTHORIZATION", "RESET ALL", "DISCARD ALL", "SET search_path TO \"{b}\"",
    "SET statement_timeout = 0",
    "SET my.variable = 'x'", "BEGIN", "COMMIT", "ROLLBACK", "ROLLBACK TO SAVEPOINT \"s1\"", "SAVEPOINT x", "ABORT",
    "LISTEN x", "NOTIFY x", "UNLISTEN *", "PREPARE x AS SELECT 1", "EXECUTE x", "DEALLOCATE ALL", "FETCH ALL FROM c",
    "DO $$ BEGIN EXECUTE 'RESET ROLE'; END $$", "CREATE TEMP TABLE x (id int)",
    "CREATE FUNCTION f() RETURNS int AS 'x'", "CALL x()", "LOCK TABLE crm_contact", "TRUNCATE crm_contact",
    "VACUUM", "ANALYZE", "CHECKPOINT", "LOAD 'x'",
    "GRANT ALL ON crm_contact TO PUBLIC", "ALTER ROLE CURRENT_USER SET role = 'x'", "REASSIGN OWNED BY x TO y",
    "DROP TABLE crm_contact", "COMMENT ON TABLE crm_contact IS 'x'", "SHOW search_path",
    "SECURITY LABEL ON ROLE x IS 'y'",
]  # fmt: skip


@pytest.fixture
def _open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("saas.faces", fromlist=["x"]).URLCONFS, Face.COMPANY, "tests.hostile.injectable")


def attacked(twins: tuple[Twin, Twin], spot: str, text: str) -> Any:
    query = {"spot": spot, "text": text.format(b=twins[1].place.schema)}
    return json.loads(twins[0].signed_in().get("/injectable/", query).content)


@pytest.mark.usefixtures("_open")
def test_t16_the_page_is_open_indeed(twins: tuple[Twin, Twin]) -> None:
    """Within the company everything can be read: what is proven below is not due to a page that is shut."""
    found = attacked(twins, "where", "' UNION SELECT email FROM identity_user --")

    assert (found["rows"], found["error"]) == ([["owner@alpha.example"]], "")


@pytest.mark.usefixtures("_open")
@pytest.mark.parametrize(("spot", "text", "words"), SERVER)
def test_t16_an_injected_text_gets_nowhere(twins: tuple[Twin, Twin], spot: str, text: str, words: str) -> None:
    found = attacked(twins, spot, text)

    assert words in found["error"]
    assert found["rows"] == []
    assert found["after"] == [twins[0].place.role, twins[0].place.schema, twins[0].sentinel]


@pytest.mark.usefixtures("_open")
@pytest.mark.parametrize("text", PROGRAM)
def test_t16_a_statement_that_is_no_reading_or_writing_of_rows_is_not_sent(twins: tuple[Twin, Twin], text: str) -> None:
    found = attacked(twins, "all", text)

    assert "this kind of statement is not sent from a company's place" in found["error"]
    assert found["after"] == [twins[0].place.role, twins[0].place.schema, twins[0].sentinel]


@pytest.fixture
def bare(twins: tuple[Twin, Twin]) -> Iterator[Any]:
    """The wire to the server in A's place, without our cursor: one statement by the extended protocol."""
    with context.inside(twins[0].place), connection.cursor():

        def send(text: str) -> str:
            with transaction.atomic():
                try:
                    return str(connection.connection.pgconn.exec_params(text.encode(), None).error_message.decode())
                finally:
                    transaction.set_rollback(True)

        yield send


ALONE = [row for row in SERVER if row[0] == "all"] + [
    ("", "DO $$ BEGIN EXECUTE 'RESET ROLE'; END $$", "permission denied for language"),
    ("", "CREATE TEMP TABLE x (id int)", "permission denied to create temporary tables"),
    ("", "CREATE FUNCTION pg_temp.f() RETURNS int AS 'SELECT 1' LANGUAGE sql", DENIED),
    ("", "CREATE TABLE public.trojan (id int)", DENIED),
    ("", "SET SESSION AUTHORIZATION \"{b}\"", DENIED),
    ("", "ALTER ROLE \"{b}\" LOGIN PASSWORD 'x'", DENIED),
    ("", "GRANT \"{b}\" TO CURRENT_USER", DENIED),
    ("", "LOCK TABLE \"{b}\".crm_contact", DENIED),
]  # fmt: skip


@pytest.mark.parametrize(("spot", "text", "words"), ALONE)
def test_t16_the_server_refuses_by_itself(
    twins: tuple[Twin, Twin], bare: Any, spot: str, text: str, words: str
) -> None:
    assert words in bare(text.format(b=twins[1].place.schema))


def test_t16_where_the_server_would_not_refuse(bare: Any) -> None:
    """The limit of the server's wall, stated: a whole statement of one's own. The program's wall stands before it."""
    assert bare("RESET ROLE") == ""
    assert not ROWS_ONLY.match(b"RESET ROLE")


def test_t16_other_sessions_and_their_texts_are_not_seen(twins: tuple[Twin, Twin]) -> None:
    fresh = connection.copy()
    try:
        with context.inside(twins[1].place), fresh.cursor() as cursor:
            cursor.execute("SELECT 'a secret of B'")
        with context.inside(twins[0].place), connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT query FROM pg_stat_activity WHERE usename IS NOT NULL")
            assert {row[0] for row in cursor.fetchall()} == {"<insufficient privilege>"}
    finally:
        fresh.close()


def test_t16_the_walls_of_the_server_stand(public: None) -> None:
    with psycopg.connect(**connection.get_connection_params()) as own:
        assert open_doors(own) == []


def test_t16_ours_is_a_word_of_the_program_not_of_the_text() -> None:
    assert isinstance(connection.ops.savepoint_rollback_sql("s1"), Ours)
    assert not isinstance('ROLLBACK TO SAVEPOINT "s1"', Ours)
