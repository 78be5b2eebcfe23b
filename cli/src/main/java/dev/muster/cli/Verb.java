package dev.muster.cli;

import dev.muster.cli.command.ArtifactsCommand;
import dev.muster.cli.command.BalanceCommand;
import dev.muster.cli.command.CancelCommand;
import dev.muster.cli.command.Command;
import dev.muster.cli.command.DeleteCommand;
import dev.muster.cli.command.DemoCommand;
import dev.muster.cli.command.DownloadCommand;
import dev.muster.cli.command.ExplainCommand;
import dev.muster.cli.command.ExportCommand;
import dev.muster.cli.command.KeyCreateCommand;
import dev.muster.cli.command.KeyListCommand;
import dev.muster.cli.command.KeyRevokeCommand;
import dev.muster.cli.command.ListCommand;
import dev.muster.cli.command.LogsCommand;
import dev.muster.cli.command.PushCommand;
import dev.muster.cli.command.RebuildCommand;
import dev.muster.cli.command.ReplayCommand;
import dev.muster.cli.command.ResultsCommand;
import dev.muster.cli.command.RetryCommand;
import dev.muster.cli.command.ShareCommand;
import dev.muster.cli.command.StatsCommand;
import dev.muster.cli.command.StatusCommand;
import dev.muster.cli.command.SubmitCommand;
import dev.muster.cli.command.TasksCommand;
import dev.muster.cli.command.TenantCreateCommand;
import dev.muster.cli.command.TenantListCommand;
import dev.muster.cli.command.TenantPlanCommand;
import dev.muster.cli.command.TenantQuotaCommand;
import dev.muster.cli.command.VerifyCommand;
import dev.muster.cli.command.WatchCommand;
import dev.muster.cli.command.WebhookAddCommand;
import dev.muster.cli.command.WebhookDeliveriesCommand;
import dev.muster.cli.command.WebhookListCommand;
import dev.muster.cli.command.WebhookRedeliverCommand;
import dev.muster.cli.command.WebhookRotateCommand;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The commands of the client. Only the asked-for one is ever made: the others cost start-up time.
 */
enum Verb {
  SUBMIT("submit a job from a file or standard input", SubmitCommand::new),
  STATUS("show a job", StatusCommand::new),
  EXPLAIN("say why a job waits", ExplainCommand::new),
  WATCH("show a job's progress until it ends", WatchCommand::new),
  LIST("list jobs", ListCommand::new),
  TASKS("list a job's tasks", TasksCommand::new),
  LOGS("print what a job's tasks write", LogsCommand::new),
  RESULTS("print a job's results", ResultsCommand::new),
  DOWNLOAD("download a job's result package", DownloadCommand::new),
  VERIFY("verify a downloaded package", VerifyCommand::new),
  ARTIFACTS("list or fetch the files that a job left", ArtifactsCommand::new),
  SHARE("share a job's results by a link", ShareCommand::new),
  DELETE("delete a job's results", DeleteCommand::new),
  CANCEL("end a job", CancelCommand::new),
  RETRY("run a job's unsuccessful tasks again", RetryCommand::new),
  PUSH("push a folder as the newest revision of a project", PushCommand::new),
  STATS("show what your jobs came to", StatsCommand::new),
  EXPORT("write all jobs as JSON or CSV", ExportCommand::new),
  BALANCE("show what the account holds", BalanceCommand::new),
  WEBHOOKS_LIST("list who is told of jobs", WebhookListCommand::new),
  WEBHOOKS_ADD("tell an endpoint of jobs", WebhookAddCommand::new),
  WEBHOOKS_ROTATE("give an endpoint a new secret", WebhookRotateCommand::new),
  WEBHOOKS_DELIVERIES("list what was sent to an endpoint", WebhookDeliveriesCommand::new),
  WEBHOOKS_REDELIVER("send a delivery again", WebhookRedeliverCommand::new),
  ADMIN_TENANT_CREATE("make a tenant", TenantCreateCommand::new),
  ADMIN_TENANT_LIST("list tenants", TenantListCommand::new),
  ADMIN_TENANT_PLAN("give a tenant a plan", TenantPlanCommand::new),
  ADMIN_TENANT_QUOTA("show or change a tenant's quota", TenantQuotaCommand::new),
  ADMIN_KEY_CREATE("make an API key", KeyCreateCommand::new),
  ADMIN_KEY_LIST("list API keys", KeyListCommand::new),
  ADMIN_KEY_REVOKE("end an API key", KeyRevokeCommand::new),
  ADMIN_REPLAY("send the events of all jobs again", ReplayCommand::new),
  ADMIN_REBUILD("compute the summaries of ended jobs anew", RebuildCommand::new),
  DEMO("run a hyper-parameter search on this machine", DemoCommand::new);

  private final String purpose;

  @SuppressWarnings("ImmutableEnumChecker") // a reference to a constructor
  private final Supplier<Command> maker;

  Verb(String purpose, Supplier<Command> maker) {
    this.purpose = purpose;
    this.maker = maker;
  }

  /** The verb that a command line begins with, null when there is none. */
  static @Nullable Verb of(String... args) {
    for (Verb verb : values()) {
      List<String> words = verb.words();
      if (args.length >= words.size()
          && Arrays.asList(args).subList(0, words.size()).equals(words)) {
        return verb;
      }
    }
    return null;
  }

  /** What a user writes, such as {@code admin key list}. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Its words, one by one. */
  List<String> words() {
    return List.of(word().split(" "));
  }

  /** One phrase for the list of commands. */
  String purpose() {
    return purpose;
  }

  /** A command without options yet. */
  Command make() {
    return maker.get();
  }
}
