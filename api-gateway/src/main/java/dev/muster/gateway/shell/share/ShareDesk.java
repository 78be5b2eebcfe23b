package dev.muster.gateway.shell.share;

import dev.muster.gateway.share.ShareToken;
import dev.muster.gateway.shell.auth.KeyFailures;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.kit.Database;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Lets those in who come with a link, and slows down those who try some. */
@Singleton
public class ShareDesk {
  private final Database database;
  private final KeyFailures failures;

  ShareDesk(Database database, KeyFailures failures) {
    this.database = database;
    this.failures = failures;
  }

  /**
   * What a link opens.
   *
   * @param token as it came
   * @param source the address it came from
   * @throws ProblemException 404 for what opens nothing, 410 when the link's time is over, 429
   *     after too many wrong ones
   */
  public ShareRepository.Opened open(String token, String source) {
    failures.requireRoomForLinks(source);
    Optional<ShareRepository.Opened> found =
        ShareToken.parse(token)
            .flatMap(parsed -> database.transaction(tx -> ShareRepository.open(tx, parsed)));
    ShareRepository.Opened opened = found.orElseThrow(() -> failures.wrongLink(source));
    if (opened.expired()) {
      throw new ProblemException(
          ProblemKind.LINK_EXPIRED, "Expected a link that is valid, but its time is over");
    }
    return opened;
  }

  /** Counts a download from its beginning. */
  public void downloaded(ShareRepository.Opened link, String source, String file) {
    database.transaction(tx -> {
      ShareRepository.downloaded(tx, link.id(), source, file);
      return file;
    });
  }
}
