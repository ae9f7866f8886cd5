from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "9003_fill")]
    operations = [
        migrations.AddConstraint(
            "contact", models.CheckConstraint(condition=~models.Q(nickname="nobody"), name="contact_is_somebody")
        ),
    ]
