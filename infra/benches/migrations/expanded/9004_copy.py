from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("crm", "9003_called")]
    operations = [migrations.RunSQL("UPDATE crm_contact SET called = nickname WHERE called <> nickname", elidable=True)]
