package dev.flyline.cli;

import dev.flyline.auth.TokenSigner;
import dev.flyline.config.Settings;
import dev.flyline.log.AppName;
import dev.flyline.server.RouterConfig;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Signs a token as a platform would, for development and support. */
@Command(
    name = "token",
    description = {
      "Signs a token with the configured secret, for development and support.",
      "The secret is that of the router: FLYLINE_AUTH_HMAC_SECRET or"
          + " FLYLINE_AUTH_HMAC_SECRET_FILE, or a line of the properties file."
    })
final class TokenCommand implements Callable<Integer> {

  private final SettingFlags flags;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--sub", paramLabel = "USER", required = true, description = "whose token it is")
  private String user = "";

  @Option(
      names = "--app",
      paramLabel = "A",
      required = true,
      arity = "1..*",
      description = "the apps whose lines it lets see")
  private List<AppName> apps = new ArrayList<>();

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      description = "how long it holds, such as 30m (default: 1h)")
  private Duration ttl = Duration.ofHours(1);

  TokenCommand(SettingFlags flags) {
    this.flags = flags;
  }

  @Override
  public Integer call() {
    Settings settings = flags.load(spec.commandLine());
    TokenSigner signer =
        RouterConfig.from(settings)
            .auth()
            .signer(InstantSource.system())
            .orElseThrow(
                () ->
                    new CommandFailure(
                        "nothing to sign with: there is a public key, but no secret; set"
                            + " FLYLINE_AUTH_HMAC_SECRET"));
    spec.commandLine().getOut().println(signer.sign(user, apps, ttl));
    return 0;
  }
}
