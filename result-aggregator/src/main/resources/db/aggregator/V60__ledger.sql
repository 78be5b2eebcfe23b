-- The ledger. All amounts are billionths of a US dollar, whole numbers.

-- What a second costs, by class: cpu is a core, gpu any GPU without a class of its own, every other
-- class a part of a GPU's model name. An operator changes rows; they count within ten seconds, for
-- attempts whose end is recorded from then on.
CREATE TABLE price (
  class text PRIMARY KEY CHECK (class = lower(class) AND class <> ''),
  nanos_per_second bigint NOT NULL CHECK (nanos_per_second BETWEEN 0 AND 1000000000000)
);
INSERT INTO price (class, nanos_per_second) VALUES
  ('cpu', 11111),     -- 0.04 dollars an hour, like the rest an example to be replaced
  ('gpu', 277778),    -- 1.00
  ('t4', 97222),      -- 0.35
  ('l4', 166667),     -- 0.60
  ('4090', 138889),   -- 0.50
  ('a100', 444444),   -- 1.60
  ('h100', 694444),   -- 2.50
  ('h200', 888889),   -- 3.20
  ('b200', 1250000);  -- 4.50

-- What every attempt that ran has used: the guard that makes each count once.
CREATE TABLE usage (
  job_id text NOT NULL,
  index int NOT NULL,
  epoch bigint NOT NULL,
  attempt int NOT NULL,
  started_at timestamptz,
  ended_at timestamptz NOT NULL,
  millis bigint NOT NULL CHECK (millis > 0),
  milli_cpus bigint NOT NULL CHECK (milli_cpus >= 0),
  devices text[] NOT NULL,             -- UUIDs of the GPUs; never shown to users
  models text[] NOT NULL,              -- their models, in the same order
  nanos bigint NOT NULL CHECK (nanos >= 0),
  PRIMARY KEY (job_id, index, epoch)
);

-- Where each job's money is; written under the lock of the job's row.
CREATE TABLE job_account (
  job_id text PRIMARY KEY,
  tenant text,                         -- null until the submission is known
  hold_known boolean NOT NULL,
  held bigint NOT NULL CHECK (held >= 0),
  cost bigint NOT NULL CHECK (cost >= 0),       -- what its attempts used
  charged bigint NOT NULL CHECK (charged >= 0), -- how much of it is in the ledger
  over boolean NOT NULL
) WITH (fillfactor = 80);

-- The journal: each row is one transaction of double entry, an amount for each account it touches,
-- which sum to zero. Rows never change.
CREATE TABLE ledger_posting (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('GRANT', 'HOLD', 'CHARGE', 'RELEASE')),
  job_id text,
  grant_id text,
  note text,
  at timestamptz NOT NULL,
  funding bigint NOT NULL,             -- where granted credit comes from
  available bigint NOT NULL,           -- what the tenant may still spend
  held bigint NOT NULL,                -- set aside for jobs under way
  spent bigint NOT NULL,               -- paid for use: the platform's revenue from this tenant
  CONSTRAINT posting_balances CHECK (funding + available + held + spent = 0)
);
CREATE INDEX ledger_posting_of_tenant ON ledger_posting (tenant, id);
CREATE UNIQUE INDEX ledger_posting_of_grant ON ledger_posting (grant_id) WHERE grant_id IS NOT NULL;

CREATE FUNCTION refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Expected % to grow only, but a row was to change', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER posting_is_final BEFORE UPDATE OR DELETE ON ledger_posting
  FOR EACH ROW EXECUTE FUNCTION refuse_rewrite();

-- The same journal as one row for each account and transaction.
CREATE VIEW ledger_entry AS
  SELECT p.id, p.tenant, p.kind, p.job_id, p.at, e.account, e.nanos
  FROM ledger_posting p
  CROSS JOIN LATERAL (VALUES ('funding', p.funding), ('available', p.available),
    ('held', p.held), ('spent', p.spent)) AS e (account, nanos)
  WHERE e.nanos <> 0;

-- Sums of the journal, kept with every batch.
CREATE TABLE balance (
  tenant text PRIMARY KEY,
  funding bigint NOT NULL,
  available bigint NOT NULL,
  held bigint NOT NULL,
  spent bigint NOT NULL,
  CONSTRAINT balance_balances CHECK (funding + available + held + spent = 0)
) WITH (fillfactor = 50);

-- What a tenant's jobs came to, by day in UTC; one delta a batch.
CREATE TABLE tenant_day (
  tenant text NOT NULL,
  day date NOT NULL,
  submitted bigint NOT NULL,           -- jobs created on that day
  completed bigint NOT NULL,           -- jobs that ended on that day, by how
  partial bigint NOT NULL,
  failed bigint NOT NULL,
  cancelled bigint NOT NULL,
  expired bigint NOT NULL,
  completion_millis bigint NOT NULL,   -- from creation to end, of the completed ones
  spent bigint NOT NULL,               -- charged on that day
  PRIMARY KEY (tenant, day)
) WITH (fillfactor = 50);
