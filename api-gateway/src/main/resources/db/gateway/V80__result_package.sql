-- Result packages. Their bytes are two blobs, the archive and its manifest, held by the owner package/<job>.
CREATE TABLE result_package (
  job_id text PRIMARY KEY,
  tenant text NOT NULL,
  sha256 bytea NOT NULL,            -- of the archive; stays when the bytes are gone
  bytes bigint NOT NULL,
  manifest_sha256 bytea NOT NULL,
  manifest_bytes bigint NOT NULL,
  signature text NOT NULL,          -- Ed25519 over the bytes of the manifest, base64
  key_id text NOT NULL,
  files int NOT NULL,
  built_at timestamptz NOT NULL DEFAULT now()
);

-- Jobs whose tasks left files: their packages are built when they end, without being asked for.
CREATE TABLE package_due (
  job_id text PRIMARY KEY,
  tries int NOT NULL DEFAULT 0,
  try_at timestamptz NOT NULL DEFAULT now()
);

-- Public keys under which packages were ever signed, so that old ones can still be verified.
CREATE TABLE signing_key (
  key_id text PRIMARY KEY,
  public_key bytea NOT NULL CHECK (octet_length(public_key) = 44), -- X.509 SubjectPublicKeyInfo
  created_at timestamptz NOT NULL DEFAULT now()
);
