"""Deliveries: mails by a real SMTP server, tries that grow apart, quiet hours, digests."""

from datetime import timedelta
from email import message_from_bytes
from typing import Any

from django.utils import timezone

from tenants.identity.models import User
from tenants.kernel.actors import Actor
from tenants.notifications import actions, queries, sending, wishing
from tenants.notifications.actions import notify
from tenants.notifications.models import Delivery, Notification
from tenants.notifications.waking_up import wake_snoozed
from tests.factories import Twin
from tests.notifications.conftest import Letters, deliver

MAIL = {"mention": {"push": False, "email": True}}
ALL_DAY = {"begins": "00:00", "ends": "00:00", "days": range(7)}


def tell(user: User, by: Actor, **more: Any) -> Notification:
    values: dict[str, Any] = {"kind": "mention", "title": "You are named", "text": "Look here", **more}
    assert notify(user_ids=[user.pk], by=by, **values) == 1
    return Notification.objects.order_by("-id")[0]


def mail_of(row: Notification) -> Delivery:
    return row.deliveries.get(channel="email")


def due_now(row: Notification) -> None:
    Delivery.objects.filter(notification=row, status="waiting").update(next_try_at=timezone.now())


def test_a_mail_goes_out_once_in_the_brand(company: Twin, rep: User, someone: Actor, letters: Letters) -> None:
    wishing.set_channels(chosen=MAIL, by=rep.actor)
    row = tell(rep, someone)
    deliver()
    deliver()

    assert (len(letters.taken), letters.taken[0].rcpt_tos) == (1, [rep.email])
    message = message_from_bytes(letters.taken[0].content)
    text = message.get_payload(0).get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert (message["Subject"], "AlphaSuite" in message["From"]) == ("You are named", True)
    assert f"/notifications/{row.pk}/open/" in text
    assert "Look here" in text
    assert (mail_of(row).status, mail_of(row).tries, mail_of(row).sent_at is not None) == ("sent", 1, True)


def test_pauses_grow_and_end(company: Twin, rep: User, someone: Actor, letters: Letters) -> None:
    letters.answer = "451 later"
    wishing.set_channels(chosen=MAIL, by=rep.actor)
    row = tell(rep, someone)
    pauses = []
    for _number in range(len(sending.PAUSES_SECONDS)):
        due_now(row)
        deliver()
        found = mail_of(row)
        assert found.next_try_at
        pauses.append(round((found.next_try_at - timezone.now()).total_seconds(), -1))
    due_now(row)
    deliver()

    assert pauses == [float(one) for one in sending.PAUSES_SECONDS]
    assert (mail_of(row).status, mail_of(row).next_try_at, "451" in mail_of(row).error) == ("failed", None, True)
    assert letters.taken == []


def test_an_address_the_server_does_not_know_is_given_up(
    company: Twin, rep: User, someone: Actor, letters: Letters
) -> None:
    letters.answer = "550 no such user"
    wishing.set_channels(chosen=MAIL, by=rep.actor)
    row = tell(rep, someone)
    deliver()

    assert (mail_of(row).status, mail_of(row).tries) == ("failed", 1)


def test_who_has_not_joined_gets_no_mail(company: Twin, rep: User, someone: Actor) -> None:
    User.objects.filter(pk=rep.pk).update(verified_at=None, invited_at=timezone.now())
    row = tell(rep, someone)

    assert (mail_of(row).status, mail_of(row).why) == ("skipped", "no_address")


def test_quiet_hours_hold_back_mails_and_silence_the_rest(
    company: Twin, rep: User, someone: Actor, letters: Letters
) -> None:
    wishing.set_quiet(begins="00:00", ends="00:00", days=range(7), by=rep.actor)
    calm, loud = tell(rep, someone), tell(rep, someone, priority="urgent")
    deliver()

    assert (mail_of(calm).status, mail_of(calm).why) == ("waiting", "quiet_hours")
    assert calm.deliveries.get(channel="push").why in ("no_address", "quiet_hours")
    assert (mail_of(loud).status, len(letters.taken)) == ("sent", 1)
    due_now(calm)
    actions.mark_read(rows=queries.mine(rep.actor).filter(pk=calm.pk), by=rep.actor)
    deliver()
    assert (mail_of(calm).status, mail_of(calm).why, len(letters.taken)) == ("skipped", "read", 1)


def test_a_pause_holds_back_until_it_is_over(company: Twin, rep: User, someone: Actor, letters: Letters) -> None:
    until = timezone.now() + timedelta(hours=2)
    wishing.pause(until=until, by=rep.actor)
    row = tell(rep, someone)
    deliver()

    assert (mail_of(row).why, mail_of(row).next_try_at, letters.taken) == ("paused", until, [])
    wishing.pause(until=None, by=rep.actor)
    assert mail_of(tell(rep, someone)).why == ""


def test_a_digest_is_one_mail_without_what_was_read(company: Twin, rep: User, someone: Actor, letters: Letters) -> None:
    wishing.set_digest(every="daily", at="08:00", kinds=["mention"], by=rep.actor)
    rows = [tell(rep, someone, title=f"Number {number}") for number in range(3)]
    deliver()
    assert ([mail_of(row).why for row in rows], letters.taken) == (["digest"] * 3, [])

    actions.mark_read(rows=queries.mine(rep.actor).filter(pk=rows[1].pk), by=rep.actor)
    for row in rows:
        due_now(row)
    deliver()

    assert len(letters.taken) == 1
    text = letters.taken[0].content.decode()
    assert ("Number 0" in text, "Number 1" in text, "Number 2" in text) == (True, False, True)
    assert [mail_of(row).status for row in rows] == ["sent", "skipped", "sent"]


def test_what_a_dead_worker_held_is_taken_up_again(company: Twin, rep: User, someone: Actor, letters: Letters) -> None:
    row = tell(rep, someone)
    sending._claim(sending._waiting(), 10)  # and it died
    deliver()
    assert (letters.taken, mail_of(row).status) == ([], "waiting")

    due_now(row)
    deliver()
    assert (len(letters.taken), mail_of(row).status) == (1, "sent")


def test_nothing_goes_to_who_was_sent_away_meanwhile(
    company: Twin, rep: User, someone: Actor, letters: Letters
) -> None:
    row = tell(rep, someone)
    User.objects.filter(pk=rep.pk).update(is_active=False)
    deliver()

    assert (mail_of(row).status, mail_of(row).why, letters.taken) == ("skipped", "gone", [])


def test_what_was_put_off_comes_back_unread(company: Twin, rep: User, someone: Actor) -> None:
    row = tell(rep, someone)
    mine = queries.mine(rep.actor).filter(pk=row.pk)
    actions.snooze(rows=mine, until=timezone.now() + timedelta(hours=1), by=rep.actor)
    hidden = queries.unread_count(rep.actor)
    Notification.objects.filter(pk=row.pk).update(snoozed_until=timezone.now())

    assert (hidden, sending.next_due() is not None, wake_snoozed(), wake_snoozed()) == (0, True, 1, 0)
    assert queries.unread_count(rep.actor) == 1


def test_old_ones_are_forgotten(company: Twin, rep: User, someone: Actor) -> None:
    from tenants.notifications.retention import READ_DAYS, UNREAD_DAYS, forget_some

    now = timezone.now()
    read, old, fresh = (tell(rep, someone) for _ in range(3))
    Notification.objects.filter(pk=read.pk).update(read_at=now - timedelta(days=READ_DAYS + 1))
    Notification.objects.filter(pk=old.pk).update(created_at=now - timedelta(days=UNREAD_DAYS + 1))

    assert (forget_some(), forget_some()) == (2, 0)
    assert list(Notification.objects.values_list("pk", flat=True)) == [fresh.pk]
    assert set(Delivery.objects.values_list("notification", flat=True)) == {fresh.pk}
