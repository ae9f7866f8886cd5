"""Notes: what is kept of what is typed, who reads them, whom they mention, how they change."""

from typing import Any

import pytest

from tenants.crm.models import Contact
from tenants.identity.teams import create_team
from tenants.kernel.actors import Actor, robot
from tenants.kernel.errors import Denied, Invalid, NotFound
from tenants.records.follows.queries import followers_of
from tenants.records.models import Change, Event, Note
from tenants.records.notes import actions
from tenants.records.notes.queries import note_for, notes_of, notes_visible_to, versions_of, with_threads
from tenants.records.notes.text import clean, words_of
from tests.factories import Twin
from tests.records.counting import queries_in
from tests.records.people import colleague


@pytest.fixture
def contact(company: Twin) -> Any:
    return Contact.objects.get(pk=company.contact_id)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Call at 5 & ask", "<p>Call at 5 &amp; ask</p>"),
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        ("a < b", "<p>a &lt; b</p>"),
        ("<p>Hi<script>alert(1)</script></p>", "<p>Hi</p>"),
        ('<p onclick="x()">Hi</p>', "<p>Hi</p>"),
        ('<a href="javascript:x()">l</a>', '<a rel="noopener">l</a>'),
        ('<img src=x onerror="x()">Hi', "Hi"),
        ('<span data-mention="no-id" style="x">@A</span>', "<span>@A</span>"),
        ("<h2>A</h2><blockquote>B</blockquote><pre>c</pre>", "<h2>A</h2><blockquote>B</blockquote><pre>c</pre>"),
    ],
)
def test_only_harmless_html_is_kept(typed: str, kept: str) -> None:
    assert clean(typed) == kept


def test_words_are_what_is_read() -> None:
    assert words_of("<h2>Plan</h2><ul><li>One &amp; two</li><li><b>three</b></li></ul>") == "Plan\nOne & two\nthree"


def test_who_reads_what(contact: Any) -> None:
    author, mate, stranger = colleague("Asha Rao"), colleague("Kabir Mehta"), colleague("Meera Shah", "manager")
    create_team(name="Field", members=[author.pk, mate.pk], by=robot())
    for visibility in ("all", "team", "private"):
        actions.add_note(record=contact, body=visibility, visibility=visibility, by=author.actor)

    def read(actor: Actor) -> set[str]:
        return set(notes_of(actor, contact).values_list("text", flat=True))

    assert read(author.actor) == {"all", "team", "private"}
    assert read(mate.actor) == {"all", "team"}
    assert read(stranger.actor) == {"all"}
    assert read(robot()) == {"all", "team", "private"}
    assert notes_visible_to(Actor(kind="visitor")).count() == 0


def test_a_private_note_is_not_there_for_others(contact: Any) -> None:
    author, other = colleague("Asha Rao"), colleague("Meera Shah", "admin")
    note = actions.add_note(record=contact, body="Mine", visibility="private", by=author.actor)

    with pytest.raises(NotFound):
        note_for(other.actor, note.pk)
    assert note_for(author.actor, note.pk) == note


def test_a_reply_is_read_by_whoever_reads_the_note(contact: Any) -> None:
    author, mate, stranger = colleague("Asha Rao"), colleague("Kabir Mehta"), colleague("Meera Shah")
    create_team(name="Field", members=[author.pk, mate.pk], by=robot())
    create_team(name="Other", members=[mate.pk, stranger.pk], by=robot())
    note = actions.add_note(record=contact, body="Team", visibility="team", by=author.actor)
    reply = actions.add_note(record=contact, body="Reply", visibility="all", parent=note, by=mate.actor)
    again = actions.add_note(record=contact, body="Again", parent=reply, by=author.actor)

    assert (reply.visibility, reply.parent_id, again.parent_id) == ("team", note.pk, note.pk)
    assert [one.text for one in with_threads(notes_of(author.actor, contact))[0].thread] == ["Reply", "Again"]
    assert notes_visible_to(stranger.actor, Note.objects.filter(pk=reply.pk)).count() == 0
    assert notes_visible_to(author.actor, Note.objects.filter(pk=reply.pk)).count() == 1


def test_a_mention_is_told_and_follows(contact: Any) -> None:
    author, mentioned, gone = colleague("Asha Rao"), colleague("Kabir Mehta"), colleague("Left Long Ago")
    gone.is_active = False
    gone.save()
    body = f'Ask <span data-mention="{mentioned.pk}">@Kabir</span> or <span data-mention="{gone.pk}">@Left</span>'

    note = actions.add_note(record=contact, body=body, visibility="team", by=author.actor)

    assert note.mentions == [mentioned.pk]
    assert note.body == f'Ask <span data-mention="{mentioned.pk}">@Kabir</span> or <span>@Left</span>'
    told = Event.objects.get(record_id=contact.pk, name="note.mentioned").payload
    assert told == {"note_id": str(note.pk), "user_ids": [str(mentioned.pk)], "by": "Asha Rao"}
    assert mentioned in followers_of(contact)
    assert list(notes_of(mentioned.actor, contact)) == [note]  # though they share no team


def test_a_private_note_mentions_nobody(contact: Any) -> None:
    author, other = colleague("Asha Rao"), colleague("Kabir Mehta")

    with pytest.raises(Invalid) as refusal:
        actions.add_note(
            record=contact, body=f'<span data-mention="{other.pk}">@K</span>', visibility="private", by=author.actor
        )

    assert list(refusal.value.errors) == ["body"]
    assert Note.objects.count() == 0


def test_only_its_author_changes_a_note_and_what_it_was_is_kept(contact: Any) -> None:
    author, boss = colleague("Asha Rao"), colleague("Boss", "admin")
    note = actions.add_note(record=contact, body="First", by=author.actor)

    with pytest.raises(Denied):
        actions.edit_note(note=note, body="Hijacked", by=boss.actor)
    edited = actions.edit_note(note=note, body="Second", by=author.actor)
    actions.edit_note(note=edited, body="Second", by=author.actor)

    note.refresh_from_db()
    assert (note.text, note.edited_at is not None) == ("Second", True)
    assert [change.changes for change in versions_of(note)] == [{"body": ["<p>First</p>", "<p>Second</p>"]}]
    assert Change.objects.filter(record_type="contacts", record_id=contact.pk, action="edited").count() == 0


def test_deleted_with_undo(contact: Any) -> None:
    author, other = colleague("Asha Rao"), colleague("Kabir Mehta")
    note = actions.add_note(record=contact, body="Gone", by=author.actor)

    with pytest.raises(Denied):
        actions.delete_note(note=note, by=other.actor)
    actions.delete_note(note=note, by=author.actor)
    assert list(notes_of(author.actor, contact)) == []
    actions.restore_note(note=note_for(author.actor, note.pk, is_deleted=True), by=author.actor)
    assert list(notes_of(author.actor, contact)) == [note]


def test_threads_cost_two_queries_however_many(contact: Any, by: Actor) -> None:
    def cost() -> int:
        notes = list(notes_of(by, contact))
        return queries_in(lambda: with_threads(notes))

    for count in (1, 3):
        for number in range(count):
            root = actions.add_note(record=contact, body=f"Note {number}", by=by)
            actions.add_note(record=contact, body="Reply", parent=root, by=by)
        assert cost() == 2
