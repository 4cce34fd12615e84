"""Seeds an empty Tryton 6.0 database and prints the ids by business key as one line of JSON.

usage: tryton.py DATABASE_URI CONFIG_FILE PASSWORD
"""
import datetime
import json
import os
import sys
from decimal import Decimal

# trytond's own test helpers, which know how to make a company and a chart, want this at import.
os.environ.setdefault("DB_NAME", ":memory:")
from proteus import Model, config  # noqa: E402

uri, config_file, password = sys.argv[1:]
client = config.set_trytond(uri, user="admin", config_file=config_file)

from trytond.modules.account.tests.tools import (  # noqa: E402
    create_chart, create_fiscalyear, get_accounts)
from trytond.modules.account_invoice.tests.tools import (  # noqa: E402
    set_fiscalyear_invoice_sequences)
from trytond.modules.company.tests.tools import create_company, get_company  # noqa: E402


def new(model, **values):
    record = Model.get(model)(**values)
    record.save()
    return record


def one(model, *domain):
    record, = Model.get(model).find(list(domain))
    return record


for item in Model.get("ir.module.config_wizard.item").find([("state", "!=", "done")]):
    item.state = "done"
    item.save()

dollar = Model.get("currency.currency")(
    name="US Dollar", code="USD", symbol="$", numeric_code="840", digits=2,
    rounding=Decimal("0.01"))
dollar.rates.new(date=datetime.date(2020, 1, 1), rate=Decimal("1"))
dollar.save()
create_company(currency=dollar)
company = get_company()
client._context = Model.get("res.user").get_preferences(True, client.context)
this_year = datetime.date.today().year
for year in (this_year, this_year + 1):
    fiscal_year = set_fiscalyear_invoice_sequences(
        create_fiscalyear(company, today=datetime.date(year, 1, 1)))
    fiscal_year.click("create_period")
create_chart(company)
accounts = get_accounts(company)
payable = accounts["payable"]

# Payments are processed by hand, and their success is booked on a clearing account.
clearing = new(
    "account.account", parent=payable.parent, name="Bank Clearing", type=payable.type,
    reconcile=True, deferral=True)
journal = new(
    "account.payment.journal", name="Vendor payments", process_method="manual",
    clearing_journal=one("account.journal", ("code", "=", "EXP")), clearing_account=clearing)

vendors = {
    code: new("party.party", name=name, code=code, active=active).id
    for code, name, active in (
        ("V-1001", "Acme Supplies", True),
        ("V-1002", "Dormant Vendor", False),
        ("V-1003", "Globex Parts", True))}
contact = Model.get("party.party")(name="Maria Lopez", code="C-2001")
contact.contact_mechanisms.new(type="email", value="maria.lopez@example.com")
contact.contact_mechanisms.new(type="phone", value="+15550104477")
contact.save()

unit = one("product.uom", ("name", "=", "Unit"))
category = new(
    "product.category", name="Goods", accounting=True,
    account_expense=accounts["expense"], account_revenue=accounts["revenue"])
products = {}
for code, name in (("SKU-1001", "Widget"), ("SKU-1002", "Gadget")):
    template = Model.get("product.template")(
        name=name, default_uom=unit, type="goods", list_price=Decimal("10"),
        purchasable=True, account_category=category)
    product, = template.products
    product.cost_price = Decimal("5")
    product.suffix_code = code
    template.save()
    products[code] = template.products[0]

first = one("stock.location", ("type", "=", "warehouse"))
first.name, first.code = "Warehouse 1", "WH-01"
first.save()
places = {
    role + "_location": new("stock.location", type="storage", name=role.title() + " 2")
    for role in ("input", "output", "storage")}
second = new("stock.location", type="warehouse", name="Warehouse 2", code="WH-02", **places)
for role in places:
    place = getattr(second, role)
    place.parent = second
    place.save()

inventory = Model.get("stock.inventory")(location=first.storage_location)
for product in products.values():
    inventory.lines.new(product=product, quantity=100.0)
inventory.save()
inventory.click("confirm")

# A login without any group, for what happens without rights.
new("res.user", name="Reader", login="reader", password=password,
    companies=[one("company.company")], company=one("company.company"))

print(json.dumps({
    "company": company.id,
    "currencies": {"USD": dollar.id},
    "vendors": vendors,
    "contacts": {"C-2001": contact.id},
    "products": {code: product.id for code, product in products.items()},
    "warehouses": {
        warehouse.code: {"id": warehouse.id, "storage": warehouse.storage_location.id}
        for warehouse in (first, second)},
    "payment_journal": journal.id}))
