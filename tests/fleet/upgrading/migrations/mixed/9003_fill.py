from django.db import migrations


def fill(apps, schema_editor):
    """Needs the models of its day, and more than one statement."""
    contacts = apps.get_model("crm", "Contact").objects.exclude(first_name="")
    for contact in contacts:
        contact.nickname = contact.first_name[:3].lower()
        contact.save(update_fields=["nickname"])


class Migration(migrations.Migration):
    dependencies = [("crm", "9002_badge")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
