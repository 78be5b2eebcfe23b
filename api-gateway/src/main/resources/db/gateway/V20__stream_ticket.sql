-- Tickets that open one stream once, for browsers, which cannot send a key in a header there.
CREATE TABLE stream_ticket (
  mac bytea PRIMARY KEY,               -- HMAC-SHA-256 of the ticket under the pepper
  tenant text NOT NULL REFERENCES tenant (id),
  key_id text NOT NULL REFERENCES api_key (id),
  path text NOT NULL,                  -- the stream it opens
  expires_at timestamptz NOT NULL
);
CREATE INDEX stream_ticket_of_tenant ON stream_ticket (tenant, expires_at);
