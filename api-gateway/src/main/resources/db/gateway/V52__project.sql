-- Source trees of tenants. A revision is an archive; its bytes are the blob of (tenant, sha256), held by the owner project/<tenant>/<name>/<sha256>.
CREATE TABLE project (
  tenant text NOT NULL,
  name text NOT NULL,
  remote_dir text,
  revision bytea, -- SHA-256 of the newest archive; null before the first push
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, name)
);

CREATE TABLE project_revision (
  tenant text NOT NULL,
  name text NOT NULL,
  sha256 bytea NOT NULL,
  bytes bigint NOT NULL,
  files int NOT NULL,
  unpacked_bytes bigint NOT NULL,
  manifest text, -- computalot.project.json as it was pushed
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, name, sha256),
  FOREIGN KEY (tenant, name) REFERENCES project (tenant, name)
);
