package dev.muster.gateway.shell.http;

/** Which parts of a body are looked into, and which are documents of the user. */
public enum BodyShape {
  /** One submission. */
  JOB,
  /** {@code {"jobs": [submission, …]}}. */
  BATCH,
  /** The list of submissions. */
  JOBS,
  /** The payload: its members are documents. */
  PAYLOAD,
  /** {@code fan_out}: its items are documents. */
  FAN_OUT,
  /** Looked into at any depth. */
  PLAIN,
  /** A document of the user. */
  DOCUMENT;

  BodyShape member(String name) {
    return switch (this) {
      case JOB ->
          switch (name) {
            case "payload" -> PAYLOAD;
            case "meta" -> DOCUMENT;
            case "fan_out" -> FAN_OUT;
            default -> PLAIN;
          };
      case BATCH -> name.equals("jobs") ? JOBS : PLAIN;
      case FAN_OUT -> name.equals("items") ? DOCUMENT : PLAIN;
      case PAYLOAD, DOCUMENT -> DOCUMENT;
      case JOBS, PLAIN -> PLAIN;
    };
  }

  BodyShape element() {
    return this == JOBS ? JOB : this == DOCUMENT ? DOCUMENT : PLAIN;
  }
}
