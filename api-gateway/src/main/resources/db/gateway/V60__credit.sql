-- What submitted jobs are to be set aside for, until the aggregator's ledger has it. Only written
-- where credit is required.
CREATE TABLE hold (
  job_id text PRIMARY KEY,
  tenant text NOT NULL,
  nanos bigint NOT NULL                -- billionths of a US dollar
);
CREATE INDEX hold_of_tenant ON hold (tenant);

-- A row for each tenant that submits where credit is required. Its lock puts the tenant's
-- submissions in a line, so that two never spend the same credit.
CREATE TABLE credit_line (
  tenant text PRIMARY KEY
);

-- Grants that administrators made; the key makes a repeated request the same grant.
CREATE TABLE credit_grant (
  grant_id text PRIMARY KEY,
  tenant text NOT NULL,
  nanos bigint NOT NULL CHECK (nanos > 0),
  note text,
  granted_by text NOT NULL,            -- the tenant of the administrator's key
  idempotency_key text,
  created_at timestamptz NOT NULL,
  UNIQUE (granted_by, idempotency_key)
);
