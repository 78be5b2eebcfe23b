-- A job waits for others before it is planned; how one ended is kept for those that wait for it. A
-- job that cannot be planned is told apart from one that is over: until it is, it may be said again.
ALTER TABLE plan DROP CONSTRAINT plan_state_check;
ALTER TABLE plan ADD CONSTRAINT plan_state_check CHECK
  (state IN ('AWAITING', 'WAITING', 'PLANNING', 'STAGED', 'PLANNED', 'REFUSED', 'CLOSED'));
-- The terminal state of a closed job; null while it is on its way there.
ALTER TABLE plan ADD COLUMN outcome text;

-- Who waits for whom, as long as it does. Whether the parent is known here does not matter.
CREATE TABLE edge (
  child_id text NOT NULL,
  parent_id text NOT NULL,
  -- Trace of the child's submission, for what is said when it goes on.
  traceparent text,
  PRIMARY KEY (child_id, parent_id)
);
CREATE INDEX edge_by_parent ON edge (parent_id);
