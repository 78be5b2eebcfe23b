package dev.muster.cli.view;

/** The colours of status words. */
final class Colours {
  private Colours() {}

  /** The cell in its colour when it is a status word, else as it is. */
  static String ofStatus(String cell) {
    int code =
        switch (cell) {
          case "completed", "succeeded" -> 32;
          case "failed" -> 31;
          case "partial", "cancelled", "retry_wait" -> 33;
          case "running", "leased" -> 36;
          default -> 0;
        };
    return code == 0 ? cell : "\u001b[" + code + "m" + cell + "\u001b[0m";
  }
}
