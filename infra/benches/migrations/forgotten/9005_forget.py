from django.db import migrations

from tenants.kernel.db.operations import ForgetField


class Migration(migrations.Migration):
    dependencies = [("crm", "9004_copy")]
    operations = [
        migrations.RemoveIndex("contact", "contact_by_nickname"),
        ForgetField("contact", "nickname"),
    ]
