from django.db import migrations

from tenants.kernel.db.operations import DropForgotten


class Migration(migrations.Migration):
    dependencies = [("crm", "9005_forget")]
    operations = [DropForgotten("crm_contact", "nickname", forgotten_in=("crm", "9005_forget"))]
