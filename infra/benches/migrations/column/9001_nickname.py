from django.db import migrations, models

from infra.benches.migrations import last_real


class Migration(migrations.Migration):
    dependencies = [last_real()]
    operations = [
        migrations.AddField("contact", "nickname", models.CharField(max_length=40, default="none", db_default="none")),
    ]
