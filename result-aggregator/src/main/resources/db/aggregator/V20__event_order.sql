-- What a reader of all events of a tenant needs to go on where it stopped, without skipping what is committed late.
-- tx: the transaction that wrote the event. Compared with a snapshot it says whether a reader had seen the event;
--     no counter can say that, since counters are taken before the commit.
-- position: the order in which events were written. A job's row is locked while its events are numbered,
--     so within a job it goes up with seq.
ALTER TABLE job_event
  ADD COLUMN tenant text,
  ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
  ADD COLUMN position bigint GENERATED ALWAYS AS IDENTITY;
UPDATE job_event e SET tenant = j.tenant FROM job j WHERE j.job_id = e.job_id;
ALTER TABLE job_event ALTER COLUMN tenant SET NOT NULL;
CREATE INDEX job_event_of_tenant ON job_event (tenant, tx);
