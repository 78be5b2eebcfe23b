-- Who a record is, whenever and however often it is sent; where it is null, the row's own id tells.
ALTER TABLE outbox
  ADD COLUMN event_id text,
  ADD COLUMN event_at timestamptz,
  ADD COLUMN causation text;
