-- Why jobs wait, as of a moment ago: written every two seconds while one does, read by the gateway. Not worth a log: a crash empties it,
-- and the shard's owner fills it again.
CREATE UNLOGGED TABLE explanation (
  job_id text PRIMARY KEY,
  shard int NOT NULL,
  pool text NOT NULL,
  reason text NOT NULL,
  detail text NOT NULL,
  ahead int NOT NULL,
  waiting int NOT NULL,
  live int NOT NULL,
  at timestamptz NOT NULL
) WITH (fillfactor = 50);

DO $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO muster_gateway', current_schema());
  EXECUTE format('GRANT SELECT ON TABLE explanation TO muster_gateway');
END $$;
