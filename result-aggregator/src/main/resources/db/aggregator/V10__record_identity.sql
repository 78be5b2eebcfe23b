-- Who a record is, whenever and however often it is sent; where it is null, the row's own id tells.
ALTER TABLE outbox
  ADD COLUMN event_id text,
  ADD COLUMN event_at timestamptz,
  ADD COLUMN causation text;

-- Beside the body, so that a replay sends the very same record again.
ALTER TABLE job_event ADD COLUMN causation text, ADD COLUMN traceparent text;
