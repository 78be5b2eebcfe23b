-- What is to be sent again after its topics were made anew, and how far that is.
CREATE TABLE resend (
  name text PRIMARY KEY,
  topic_ids text NOT NULL,             -- the broker's identities of the topics, as last seen
  sendings int NOT NULL DEFAULT 0,     -- how often they were lost
  after text                           -- where the last page ended; null when nothing is to be sent
);

-- A wish to cancel is passed on as an event; here it stays, should the event be lost.
CREATE TABLE cancel_request (
  job_id text PRIMARY KEY,
  reason text,
  requested_at timestamptz NOT NULL
);
