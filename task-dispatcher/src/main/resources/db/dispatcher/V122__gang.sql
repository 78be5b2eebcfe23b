-- Where the members of a gang can be reached, by rank: they are told the same when a lease is mailed again.
CREATE TABLE gang (
  job_id text NOT NULL,
  first int NOT NULL,
  members text[] NOT NULL,
  PRIMARY KEY (job_id, first)
);

ALTER TABLE worker ADD COLUMN address text;
