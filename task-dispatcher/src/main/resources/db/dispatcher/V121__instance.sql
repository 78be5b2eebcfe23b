-- Which instances live: each takes its part of the shards, so every one must know how many share them.
CREATE TABLE instance (
  id text PRIMARY KEY,
  since timestamptz NOT NULL DEFAULT now(),
  until timestamptz NOT NULL
) WITH (fillfactor = 50);
