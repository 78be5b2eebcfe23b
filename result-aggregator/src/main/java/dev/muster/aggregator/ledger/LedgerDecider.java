package dev.muster.aggregator.ledger;

import java.util.ArrayList;
import java.util.List;

/**
 * Decides about one job's account: total, static, pure. A repeat of a hold, an opening or a close
 * changes nothing; whoever asks for use has made sure that each attempt is counted once.
 */
public final class LedgerDecider {
  private LedgerDecider() {}

  /** What follows from a command, in order; nothing when it says nothing new. */
  public static List<LedgerChange> decide(JobAccount account, LedgerCommand command) {
    List<LedgerChange> changes = new ArrayList<>();
    switch (command) {
      case LedgerCommand.Open open -> open(account, open.tenant(), changes);
      case LedgerCommand.Hold hold -> {
        open(account, hold.tenant(), changes);
        if (!account.holdKnown()) {
          // What was charged before the word arrived is not set aside a second time, and after the
          // end nothing is.
          long rest = Math.max(0, hold.nanos() - account.charged());
          changes.add(new LedgerChange.Held(account.over() ? 0 : rest));
        }
      }
      case LedgerCommand.Use use -> {
        if (use.nanos() > 0) {
          changes.add(new LedgerChange.Used(use.nanos()));
        }
      }
      case LedgerCommand.Close close -> {
        if (!account.over()) {
          changes.add(new LedgerChange.Closed());
        }
      }
    }
    settle(evolve(account, changes), changes);
    return List.copyOf(changes);
  }

  private static void open(JobAccount account, String tenant, List<LedgerChange> changes) {
    if (account.tenant() == null) {
      changes.add(new LedgerChange.Opened(tenant));
    }
  }

  /** Charges what is owed, from the hold first, and gives the rest of the hold back at the end. */
  private static void settle(JobAccount account, List<LedgerChange> changes) {
    long owed = account.cost() - account.charged();
    long fromHeld = 0;
    if (account.tenant() != null && owed > 0) {
      fromHeld = Math.min(account.held(), owed);
      changes.add(new LedgerChange.Charged(owed, fromHeld));
    }
    long rest = account.held() - fromHeld;
    if (account.over() && rest > 0) {
      changes.add(new LedgerChange.Released(rest));
    }
  }

  /**
   * The account after a change.
   *
   * @throws IllegalStateException when the change cannot follow: the journal is corrupt
   */
  public static JobAccount evolve(JobAccount account, LedgerChange change) {
    return switch (change) {
      case LedgerChange.Opened c ->
          new JobAccount(
              c.tenant(),
              account.holdKnown(),
              account.held(),
              account.cost(),
              account.charged(),
              account.over());
      case LedgerChange.Held c ->
          amounts(account, true, Math.addExact(account.held(), c.nanos()), 0, 0);
      case LedgerChange.Used c ->
          amounts(account, account.holdKnown(), account.held(), c.nanos(), 0);
      case LedgerChange.Charged c ->
          amounts(account, account.holdKnown(), account.held() - c.fromHeld(), 0, c.nanos());
      case LedgerChange.Released c ->
          amounts(account, account.holdKnown(), account.held() - c.nanos(), 0, 0);
      case LedgerChange.Closed _ ->
          new JobAccount(
              account.tenant(),
              account.holdKnown(),
              account.held(),
              account.cost(),
              account.charged(),
              true);
    };
  }

  /** The account after several changes. */
  public static JobAccount evolve(JobAccount account, List<LedgerChange> changes) {
    JobAccount next = account;
    for (LedgerChange change : changes) {
      next = evolve(next, change);
    }
    return next;
  }

  private static JobAccount amounts(
      JobAccount account, boolean holdKnown, long held, long used, long charged) {
    return new JobAccount(
        account.tenant(),
        holdKnown,
        held,
        Math.addExact(account.cost(), used),
        Math.addExact(account.charged(), charged),
        account.over());
  }
}
