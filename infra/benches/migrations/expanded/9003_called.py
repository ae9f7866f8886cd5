from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "9002_by_nickname")]
    operations = [migrations.AddField("contact", "called", models.CharField(max_length=40, default="", db_default=""))]
