from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "9001_nickname")]
    operations = [migrations.AddIndex("contact", models.Index(fields=("nickname", "id"), name="contact_by_nickname"))]
