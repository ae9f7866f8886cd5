from django.db import migrations, models

import tenants.kernel.ids


class Migration(migrations.Migration):
    dependencies = [("crm", "9001_nickname")]
    operations = [
        migrations.CreateModel(
            "Badge",
            fields=[
                ("id", models.UUIDField(default=tenants.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("contact", models.ForeignKey("crm.contact", models.CASCADE, related_name="badges")),
                ("text", models.CharField(max_length=40)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("contact", "text"), name="badge_once")]},
        ),
        migrations.AlterField("contact", "nickname", models.CharField(max_length=60, default="", db_default="")),
        migrations.AddIndex("contact", models.Index(fields=("nickname",), name="contact_nickname")),
    ]
