"""What an export must hold, as SQL of an SQLite ledger: queries of the tests' own."""

from __future__ import annotations

TEMPORARY_TABLES = """
CREATE TEMP TABLE standing AS SELECT batch FROM batch;
CREATE TEMP TABLE c AS
  SELECT customer.*, iif(managed_by = 'admin', 'Admin', 'Customer') AS manager,
    iif(status = 'active', 'Active', 'Disabled') AS state,
    (SELECT coalesce(sum(licenses), 0) FROM subscription AS s
      WHERE s.account_id = 'default' AND s.customer_id = customer.customer_id) AS licenses,
    (SELECT count(*) FROM device AS d
      WHERE d.account_id = 'default' AND d.customer_id = customer.customer_id
      AND avira_installed IS NOT NULL
      AND coalesce(avira_uninstalled, '0') < avira_installed) AS installed
  FROM customer WHERE customer_id = :only OR :only IS NULL;
CREATE UNIQUE INDEX temp.c_id ON c(customer_id);
CREATE TEMP TABLE s AS
  SELECT subscription.* FROM subscription JOIN c USING (customer_id);
CREATE INDEX temp.s_otc ON s(otc);
CREATE TEMP TABLE o AS
  SELECT code, email, company, total, description, purchase_date, expiry_date, product_id,
    runtime, (SELECT coalesce(sum(licenses), 0) FROM s WHERE s.otc = code) AS assigned,
    (SELECT name FROM s JOIN c USING (customer_id)
      WHERE s.otc = code AND c.managed_by = 'customer') AS dedicated,
    CAST(julianday(expiry_date) - julianday(:today) AS INTEGER) AS days_left
  FROM otc WHERE :only IS NULL OR code IN (SELECT otc FROM s);
CREATE UNIQUE INDEX temp.o_code ON o(code);
CREATE TEMP TABLE p AS SELECT *, total - assigned AS pending,
  CASE WHEN expiry_date < :today THEN iif(assigned > 0, 'Expired, in use', 'Expired')
    WHEN expiry_date <= date(:today, '+30 days') THEN 'Expires soon'
    WHEN :only IS NOT NULL THEN 'Valid'
    WHEN assigned = total THEN 'Full' ELSE 'Available' END AS status FROM o;
CREATE UNIQUE INDEX temp.p_code ON p(code);
CREATE TEMP TABLE d AS SELECT device.* FROM device JOIN c USING (customer_id);
CREATE INDEX temp.d_customer ON d(customer_id);
CREATE TEMP TABLE named AS
  SELECT coalesce(after, before) ->> 'id' AS id, entry, line, coalesce(after, before) ->> 'name'
    AS name FROM journal WHERE kind = 'customer';
CREATE INDEX temp.named_id ON named(id, entry, line);
"""

OTC_DETAILS = """
SELECT code, p.email, company, description, total, purchase_date AS "d",
  coalesce(name, 'Customer Not Available'), s.licenses, assigned, pending, p.status,
  expiry_date AS "d", days_left, manager, dedicated
FROM p LEFT JOIN s ON s.otc = code LEFT JOIN c USING (customer_id) ORDER BY code, name_key
"""

CUSTOMER_DETAILS = """
SELECT name, coalesce(s.licenses, 0), installed, s.otc, manager, state, expiry_date AS "d",
  days_left
FROM c LEFT JOIN s USING (customer_id) LEFT JOIN p ON code = s.otc ORDER BY name_key, s.otc
"""

CUSTOMER_DEVICES = """
SELECT name, device_id, operating_system, model, avira_installed AS "d", avira_uninstalled AS "d",
  nh_installed AS "d", nh_uninstalled AS "d", avira_status, product_name,
  iif(avira_installed IS NOT NULL AND (avira_uninstalled IS NULL
      OR avira_uninstalled < avira_installed), 'Yes', 'No')
FROM d JOIN c USING (customer_id) ORDER BY name_key, device_key
"""

ACTIVATION_DETAILS = """
WITH first(code, day) AS (
  SELECT substr(key, instr(key, '/') + 1), min(substr(at, 1, 10))
  FROM journal JOIN batch USING (account_id, entry) JOIN standing USING (batch)
  WHERE journal.kind = 'subscription' AND before IS NULL GROUP BY 1),
last(code, day) AS (
  SELECT s.otc, max(max(coalesce(avira_installed, ''), coalesce(avira_uninstalled, ''),
    coalesce(nh_installed, ''), coalesce(nh_uninstalled, '')))
  FROM s JOIN d USING (customer_id) GROUP BY 1),
product(code, name, position) AS (
  SELECT DISTINCT s.otc, product_name,
    dense_rank() OVER (PARTITION BY s.otc ORDER BY product_name)
  FROM s JOIN d USING (customer_id) WHERE product_name IS NOT NULL),
listed(code, names) AS (
  SELECT code, group_concat(name, ', ') || iif(max(every) > 3, ', … (+' || (max(every) - 3) || ')',
    '') FROM (SELECT *, max(position) OVER (PARTITION BY code) AS every FROM product
    ORDER BY code, position) WHERE position <= 3 GROUP BY code)
SELECT p.code, first.day AS "d", expiry_date AS "d", runtime, total, product_id, names, dedicated,
  company, email, CAST(julianday(:utc_day) - julianday(first.day) AS INTEGER),
  nullif(last.day, '') AS "d", assigned, pending, p.status, days_left
FROM p LEFT JOIN first USING (code) LEFT JOIN last USING (code) LEFT JOIN listed USING (code)
ORDER BY p.code
"""

EXCEPTIONS = """
SELECT kind, otc, customer, what FROM (
  SELECT 1 AS n, 'Expired but in use' AS kind, code AS otc, NULL AS customer, code AS position,
    'It expired on ' || expiry_date || '. Used licences: ' || assigned || ' of ' || total || '.'
    AS what FROM p WHERE expiry_date < :today AND assigned > 0
  UNION ALL
  SELECT 4, 'Full', code, NULL, code, 'All of its ' || total || ' licences are used.'
    FROM p WHERE pending = 0 AND :only IS NULL
  UNION ALL
  SELECT 3, 'Disabled with licences', NULL, name, name_key,
    'It is disabled but still holds licences: ' || licenses || '.'
    FROM c WHERE state = 'Disabled' AND licenses > 0
  UNION ALL
  SELECT 2, 'More devices than licences', NULL, name, name_key,
    'Devices with Avira: ' || installed || '; licences: ' || licenses || '.'
    FROM c WHERE installed > licenses
  UNION ALL
  SELECT 5, 'Shared email', NULL, name, name_key, NULL FROM (
    SELECT *, row_number() OVER (PARTITION BY lower(email) ORDER BY name_key) AS position,
      count(*) OVER (PARTITION BY lower(email)) AS many FROM c WHERE email IS NOT NULL)
    WHERE position = 1 AND many > 1 AND :only IS NULL
  UNION ALL
  SELECT 6, 'Similar names', NULL, name, name_key, NULL FROM (
    SELECT *, row_number() OVER (PARTITION BY without_accents(name) ORDER BY name_key) AS position,
      count(*) OVER (PARTITION BY without_accents(name)) AS many FROM c)
    WHERE position = 1 AND many > 1 AND :only IS NULL)
ORDER BY n, position
"""

MOVEMENTS = """
SELECT batch, at AS "i",
  CASE journal.kind WHEN 'otc' THEN 'OTC ' WHEN 'customer' THEN 'Customer '
    WHEN 'device' THEN 'Device ' ELSE 'Licences ' END ||
  CASE WHEN before IS NULL THEN iif(journal.kind = 'subscription', 'given', 'added')
    WHEN after IS NULL THEN iif(journal.kind = 'subscription', 'taken back', 'removed')
    WHEN journal.kind = 'customer' AND before ->> 'status' <> after ->> 'status'
      THEN iif(after ->> 'status' = 'active', 'enabled', 'disabled')
    ELSE 'changed' END,
  CASE journal.kind WHEN 'otc' THEN key WHEN 'subscription' THEN coalesce(after, before) ->> 'otc'
    END,
  (SELECT name FROM named WHERE journal.kind <> 'otc'
    AND id = coalesce(journal.after, journal.before) ->>
      iif(journal.kind = 'customer', 'id', 'customer')
    AND (named.entry, named.line) <= (journal.entry, journal.line)
    ORDER BY named.entry DESC, named.line DESC LIMIT 1),
  iif(journal.kind = 'device', coalesce(after, before) ->> 'id', NULL),
  actor, file, sheet, row, undoes
FROM journal JOIN batch USING (account_id, entry)
WHERE :only IS NULL OR journal.kind <> 'otc' AND :only =
  coalesce(after, before) ->> iif(journal.kind = 'customer', 'id', 'customer')
ORDER BY batch DESC, line DESC
"""

SHEETS = {
    "OTC Details": (OTC_DETAILS, (
        "OTC Code", "Email", "Company Name", "Description", "Licenses", "Purchase Date",
        "Customer Name", "Customer Licenses", "Used", "Pending", "Status", "Expiry Date",
        "Days Left", "Managed By", "Dedicated To",
    )),
    "Customer's Details": (CUSTOMER_DETAILS, (
        "Customer Name", "Total Devices Assigned", "Number Of Devices", "OTC Code", "Managed By",
        "Status", "Expiry Date", "Days Left",
    )),
    "Customer's Devices": (CUSTOMER_DEVICES, (
        "Customer Name", "Device ID", "Operating System", "Model No.", "Avira Installed",
        "Avira Uninstalled", "NH Installed", "NH Unistalled", "Avira Status", "Product Name",
        "Installed",
    )),
    "OTC Activation Details": (ACTIVATION_DETAILS, (
        "OTC", "FirstActivationDate", "ExpiryDate", "AviraRuntime", "AviraUsers",
        "AviraProductID", "AviraProductName", "Name", "Company", "Email", "DaysActive",
        "LastAliveDate", "Used", "Pending", "Status", "Days Left",
    )),
    "Exceptions": (EXCEPTIONS, ("Exception", "OTC", "Customer", "What", "What To Do")),
    "Movements": (MOVEMENTS, (
        "Batch", "At (UTC)", "What", "OTC", "Customer", "Device", "By", "File", "Sheet", "Row",
        "Undo of", "Change",
    )),
}  # fmt: skip
"""The query and the headers of each sheet. The last column of two sheets, wording, has no query."""

NOT_FOR_CUSTOMERS = {
    "OTC Details": {"Used", "Pending"},
    "Movements": {"By", "File", "Sheet", "Row", "Undo of"},
}
"""The columns that a customer's own export does not have."""

FIGURES = {
    "otcs": ("OTCs", "SELECT count(*) FROM otc"),
    "customers": ("Customers", "SELECT count(*) FROM customer"),
    "total": ("Total licences", "SELECT sum(total) FROM otc"),
    "used": ("Used licences", "SELECT sum(licenses) FROM subscription"),
    "pending": ("Pending licences", "SELECT sum(pending) FROM p"),
    "in_use": ("Licences in use", "SELECT CAST(sum(assigned) AS REAL) / sum(total) FROM p"),
    "devices": ("Devices with Avira", "SELECT sum(installed) FROM c"),
    "expired": ("Expired OTCs", "SELECT count(*) FROM otc WHERE expiry_date < :today"),
    "expired_in_use": (
        "Expired OTCs in use", "SELECT count(*) FROM p WHERE expiry_date < :today AND assigned > 0"
    ),
    **{
        f"renew_within_{days}_days": (
            f"OTCs to renew within {days} days",
            f"SELECT count(*) FROM o WHERE expiry_date >= :today "
            f"AND expiry_date <= date(:today, '+{days} days')",
        )
        for days in (30, 60, 90)
    },
}  # fmt: skip

FIGURES_OF_CUSTOMER = {
    "otcs": ("OTCs", "SELECT count(*) FROM s"),
    "licenses": ("Licences", "SELECT coalesce(sum(licenses), 0) FROM s"),
} | {
    key: figure for key, figure in FIGURES.items()
    if key.startswith(("devices", "expired_in", "renew"))
}  # fmt: skip

FULLEST = """
SELECT code, assigned, pending FROM p
ORDER BY CAST(assigned AS REAL) / total DESC, assigned DESC, code LIMIT 20
"""

MONTHS = """
WITH RECURSIVE month(n, name) AS (
  SELECT 0, substr(:today, 1, 7)
  UNION ALL
  SELECT n + 1, strftime('%Y-%m', substr(:today, 1, 8) || '01', '+' || (n + 1) || ' months')
  FROM month WHERE n < 11)
SELECT name, coalesce(sum(iif(:only IS NULL, total, assigned)), 0)
FROM month LEFT JOIN p ON substr(expiry_date, 1, 7) = name GROUP BY name ORDER BY n
"""

RANKINGS = {
    "fullest_otcs": ("The fullest OTCs", ("OTC", "Used", "Pending"), FULLEST),
    "expiring_by_month": ("Licences expiring by month", ("Month", "Licences"), MONTHS),
    "largest_customers": (
        "The largest customers", ("Customer", "Licences"),
        "SELECT name, licenses FROM c WHERE licenses > 0 ORDER BY licenses DESC, name LIMIT 10",
    ),
}  # fmt: skip

RANKINGS_OF_CUSTOMER = {
    "licenses_by_otc": (
        "Licences by OTC", ("OTC", "Licences"),
        "SELECT code, assigned FROM p ORDER BY assigned DESC, code LIMIT 20",
    ),
    "expiring_by_month": RANKINGS["expiring_by_month"],
}  # fmt: skip
