-- What is particular to a sweep or a benchmark, Design as JSON; null for every other job.
ALTER TABLE job ADD COLUMN design text;
