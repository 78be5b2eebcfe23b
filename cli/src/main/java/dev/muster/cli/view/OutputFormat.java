package dev.muster.cli.view;

/** How data is printed. */
public enum OutputFormat {
  /** For people. */
  TABLE,
  /** The API's own documents, indented. */
  JSON,
  /** The API's own documents as YAML. */
  YAML
}
