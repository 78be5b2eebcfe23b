package dev.muster.agent.shell.process;

/**
 * Limits that commands inherit because this process has them: set once, they cost no command
 * anything. They hold for this process too, which stays far below them.
 */
public final class Inherited {
  private static final int OWNER_ONLY = 0077;

  private Inherited() {}

  /**
   * No core dumps, files for the owner alone, and no file beyond a size.
   *
   * @param fileBytesMax what writes more gets SIGXFSZ; lower than before, or nothing changes
   */
  public static void limit(long fileBytesMax) {
    Libc.umask(OWNER_ONLY);
    Libc.lowerLimit(Libc.RLIMIT_CORE, 0);
    Libc.lowerLimit(Libc.RLIMIT_FSIZE, fileBytesMax);
  }
}
