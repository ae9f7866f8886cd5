from tenants.crm.models import Contact
def test_smoke(company):
    assert Contact.objects.count() == 1
def test_smoke2(owner):
    r = owner.get("/api/v1/contacts")
    assert r.status_code == 200, r.content
