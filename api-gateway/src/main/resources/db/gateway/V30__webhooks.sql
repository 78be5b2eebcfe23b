-- Webhook endpoints as tenants configured them. What is sent to them is the aggregator's.

CREATE TABLE webhook_endpoint (
  id text PRIMARY KEY,        -- ep_<ulid>; callback_<tenant> signs what goes to callback_urls
  tenant text NOT NULL REFERENCES tenant (id),
  version bigint NOT NULL,
  url text,                   -- null for the endpoint that only signs
  events text[] NOT NULL,
  description text,
  enabled boolean NOT NULL,
  secrets text NOT NULL,      -- JSON array of SigningSecret; each is encrypted, none is ever shown
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX webhook_endpoint_of_tenant ON webhook_endpoint (tenant, id);
