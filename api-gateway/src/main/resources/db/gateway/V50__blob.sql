-- The bytes lie in the store under the id, the rows here say whose they are. A file is announced in blob_loose before its first byte is
-- written, so that whatever a crash leaves behind is known and gets deleted.

-- Whole blobs. A tenant has each content once; nothing is shared between tenants.
CREATE TABLE blob (
  id text PRIMARY KEY,
  tenant text NOT NULL,
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  bytes bigint NOT NULL CHECK (bytes >= 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  released_at timestamptz, -- when a reference was last given back; the collector looks at these only
  UNIQUE (tenant, sha256)
);
CREATE INDEX blob_released ON blob (released_at) WHERE released_at IS NOT NULL;

-- Who needs a blob. It lives as long as it has a reference.
CREATE TABLE blob_ref (
  owner text NOT NULL, -- kind and id of whoever holds it, such as artifact/art_...
  blob_id text NOT NULL REFERENCES blob (id),
  PRIMARY KEY (owner, blob_id)
);
CREATE INDEX blob_ref_of_blob ON blob_ref (blob_id);

-- Files that belong to no blob: still being written, or to be deleted.
CREATE TABLE blob_loose (
  id text PRIMARY KEY,
  delete_after timestamptz NOT NULL -- writers move it on; -infinity: the file is being deleted
);
CREATE INDEX blob_loose_by_age ON blob_loose (delete_after);

-- Uploads in parts. The file is the loose one of blob_id.
CREATE TABLE upload (
  id text PRIMARY KEY,
  tenant text NOT NULL,
  blob_id text NOT NULL,
  session text NOT NULL, -- the store's own name for it
  name text NOT NULL,
  bytes bigint NOT NULL,
  part_bytes bigint NOT NULL,
  sha256 bytea, -- what the client announced, if it did
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX upload_by_expiry ON upload (expires_at);

CREATE TABLE upload_part (
  upload_id text NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
  number int NOT NULL,
  bytes bigint NOT NULL,
  sha256 bytea NOT NULL,
  receipt text NOT NULL, -- what the store answered, such as S3's ETag
  PRIMARY KEY (upload_id, number)
);
