package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code muster admin tenant quota TENANT [BYTES]}. */
@CommandLine.Command(
    name = "muster admin tenant quota",
    description = {
      "Shows how much a tenant may keep in its bucket, or changes it.",
      "What is there stays, even if it is more; then nothing is written until there is room."
    },
    footerHeading = "%nExample:%n",
    footer = "  muster admin tenant quota acme 500GiB")
public final class TenantQuotaCommand implements Command {
  private static final Pattern BYTES = Pattern.compile("([0-9]{1,19})([kmgt]i?b)?");
  private static final Map<Character, Integer> POWERS = Map.of('k', 1, 'm', 2, 'g', 3, 't', 4);

  @Parameters(index = "0", paramLabel = "TENANT", description = "The tenant's id.")
  private String tenant = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "BYTES",
      description = "Such as 1000, 20GB or 500GiB; 'default' for what the server is set to.")
  private @Nullable String bytes;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    String path = "/tenants/" + Api.encoded(tenant) + "/quota";
    Json view =
        bytes == null
            ? session.api().get(path)
            : session
                .api()
                .put(
                    path,
                    ("{\"bucket_bytes_max\":" + number(bytes) + "}")
                        .getBytes(StandardCharsets.UTF_8));
    session.print(
        view,
        () ->
            view.text("tenant")
                + ": "
                + view.text("used_bytes")
                + " of "
                + view.text("bucket_bytes_max")
                + " bytes are used\n");
    return ExitCode.OK;
  }

  private static String number(String text) {
    if (text.equals("default")) {
      return "null";
    }
    Matcher matcher = BYTES.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new CommandFailed(
          ExitCode.USAGE, "Expected bytes such as 500GiB, but got '" + text + "'");
    }
    BigInteger number = new BigInteger(matcher.group(1));
    String unit = matcher.group(2);
    if (unit == null) {
      return number.toString();
    }
    long base = unit.length() == 3 ? 1_024 : 1_000;
    int power = POWERS.getOrDefault(unit.charAt(0), 0);
    return number.multiply(BigInteger.valueOf(base).pow(power)).toString();
  }
}
