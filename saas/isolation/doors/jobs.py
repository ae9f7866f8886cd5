"""Background work: messages that name no company, one that does not exist, a suspended one; and messages of one
company about things of another (T31)."""

from uuid import uuid4

from celery import Task
from celery.exceptions import Reject

from saas.celery import app
from saas.isolation.scene import Scene
from saas.isolation.tally import LET_IN, READ, WRITTEN, Tally
from saas.isolation.undone import undone
from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Company
from tenants.directory.task import PublicTask, TenantTask
from tenants.kernel import context
from tenants.kernel.context import Place
from tenants.records.enums import JobState
from tenants.records.jobs.tasks import run_job
from tenants.records.models import Job

HAZARD = "T31"
NOBODY = (None, "", "x", "public", "00000000-0000-0000-0000-000000000000")


def attack(scene: Scene, tally: Tally) -> None:
    for task in _tasks():
        tally.tried(HAZARD)
        if not isinstance(task, TenantTask | PublicTask):
            tally.found("a task that belongs nowhere", HAZARD, LET_IN, task.name)
    guarded = [task for task in _tasks() if isinstance(task, TenantTask)]
    for task in guarded:
        for company_id in (*NOBODY, str(uuid4())):
            _refused(tally, task, company_id, "a message without a company")
    _suspended(scene, tally, guarded)
    _cross(scene, tally)


def _tasks() -> list[Task]:  # type: ignore[type-arg]
    app.loader.import_default_modules()
    return [task for name, task in sorted(app.tasks.items()) if not name.startswith("celery.")]


def _refused(tally: Tally, task: TenantTask, company_id: str | None, attack: str) -> None:
    """What stands before the first line of every task."""
    tally.tried(HAZARD)
    try:
        task._place(company_id)
    except Reject:
        return
    tally.found(attack, HAZARD, LET_IN, task.name)


def _suspended(scene: Scene, tally: Tally, tasks: list[TenantTask]) -> None:
    company_id = str(scene.victim.place.company_id)
    with undone():
        Company.objects.filter(pk=company_id).update(status=CompanyStatus.SUSPENDED)
        for task in tasks:
            _refused(tally, task, company_id, "a message for a suspended company")


def _cross(scene: Scene, tally: Tally) -> None:
    """The victim's job in a message of the attacker's: nothing of it may run. At home it does."""
    job_id = _waiting(scene)
    tally.tried(HAZARD)
    before = scene.meter.count()
    with undone():
        _run(job_id, scene.attacker.place)
    done = scene.meter.count() - before
    if done.reads or done.writes:
        tally.found("their job in our message", HAZARD, WRITTEN if done.writes else READ, run_job.name)
    with undone():
        _run(job_id, scene.victim.place)
        with context.inside(scene.victim.place):
            if Job.objects.get(pk=job_id).state == JobState.DONE:
                tally.proved()


def _waiting(scene: Scene) -> str:
    """A job of the victim's that has not begun: an export that finds the canary."""
    kind = next(iter(scene.canary.records))
    params = {"types": [kind], "format": "json", "is_whole": False, "name": "isolation.json", "q": scene.canary.bait}
    with context.inside(scene.victim.place):
        job = Job.objects.create(
            kind="export", label="Isolation proof", record_type=kind, params=params, user=scene.victim.user,
            actor_name=scene.victim.user.name, total=1,
        )  # fmt: skip
        return str(job.pk)


def _run(job_id: str, place: Place) -> None:
    """As a worker takes it off the queue."""
    with context.outside():
        run_job(job_id=job_id, company_id=str(place.company_id))
