from django.db import migrations

from tenants.kernel.db.operations import DropForgotten


class Migration(migrations.Migration):
    dependencies = [("crm", "9001_forget")]
    operations = [DropForgotten("crm_contact", "job_title", forgotten_in=("crm", "9001_forget"))]
