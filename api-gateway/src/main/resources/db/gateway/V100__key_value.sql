-- Small JSON documents of a project. A version is given once and never again, also not to a key
-- that was deleted and made anew, so that an old ETag never matches by chance.
CREATE SEQUENCE key_value_version;
CREATE TABLE key_value (
  tenant text NOT NULL,
  project text NOT NULL,
  key text COLLATE "C" NOT NULL,
  value text NOT NULL,                 -- JSON, byte for byte
  version bigint NOT NULL DEFAULT nextval('key_value_version'),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, project, key),
  FOREIGN KEY (tenant, project) REFERENCES project (tenant, name) ON DELETE CASCADE
);
