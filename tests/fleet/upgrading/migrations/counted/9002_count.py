from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("crm", "9001_nickname")]
    operations = [
        migrations.RunSQL("UPDATE crm_pipeline SET name = name || '+'; UPDATE crm_stage SET name = name || '+'", elidable=True),
    ]
