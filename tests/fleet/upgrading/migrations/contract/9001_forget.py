from django.db import migrations

from tenants.kernel.db.operations import ForgetField
from tests.fleet.upgrading.migrations import last_real


class Migration(migrations.Migration):
    dependencies = [last_real()]
    operations = [ForgetField("contact", "job_title")]
