"""Seeds an empty Odoo 19 database; fed to `odoo shell`. Prints `SEED {json}` with the ids."""
import json

env = env  # noqa: F821  (given by the shell)
PASSWORD = "erp-local-pw"
company = env.company
usd = env.ref("base.USD")
assert company.currency_id == usd

vendors = {
    code: env["res.partner"].create({
        "name": name, "ref": code, "is_company": True, "supplier_rank": 1, "active": active}).id
    for code, name, active in (
        ("V-1001", "Acme Supplies", True),
        ("V-1002", "Dormant Vendor", False),
        ("V-1003", "Globex Parts", True))}
contact = env["res.partner"].create({
    "name": "Maria Lopez", "ref": "C-2001", "email": "maria.lopez@example.com",
    "phone": "+15550104477"})

products = {
    code: env["product.product"].create({
        "name": name, "default_code": code, "type": "consu", "is_storable": True,
        "standard_price": 5.0, "list_price": 10.0})
    for code, name in (("SKU-1001", "Widget"), ("SKU-1002", "Gadget"))}

first = env["stock.warehouse"].search([], limit=1)
first.write({"name": "Warehouse 1", "code": "WH-01"})
second = env["stock.warehouse"].create({"name": "Warehouse 2", "code": "WH-02"})
for product in products.values():
    env["stock.quant"].with_context(inventory_mode=True).create({
        "product_id": product.id, "location_id": first.lot_stock_id.id,
        "inventory_quantity": 100}).action_apply_inventory()


def user_with_key(login, *groups):
    user = env["res.users"].create({
        "name": login.title(), "login": login, "password": PASSWORD,
        "group_ids": [(6, 0, [env.ref(name).id for name in ("base.group_user",) + groups])]})
    return env["res.users.apikeys"].with_user(user).sudo()._generate("rpc", "seed", None)


api_key = user_with_key(
    "connector", "stock.group_stock_manager", "account.group_account_manager",
    "base.group_partner_manager")
# A login without any group, for what happens without rights.
reader_key = user_with_key("reader")
env["res.users"].browse(2).password = PASSWORD

journal = env["account.journal"].search(
    [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1)
env.cr.commit()

print("SEED " + json.dumps({
    "apiKey": api_key, "readerApiKey": reader_key, "ids": {
        "company": company.id,
        "currencies": {usd.name: usd.id},
        "vendors": vendors,
        "contacts": {"C-2001": contact.id},
        "products": {code: product.id for code, product in products.items()},
        "warehouses": {
            warehouse.code: {"id": warehouse.id, "storage": warehouse.lot_stock_id.id}
            for warehouse in (first, second)},
        "payment_journal": journal.id,
        "payment_journal_code": journal.code}}))
