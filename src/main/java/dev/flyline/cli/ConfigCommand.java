package dev.flyline.cli;

import dev.flyline.config.Setting;
import dev.flyline.config.Settings;
import dev.flyline.config.Source;
import dev.flyline.server.RouterConfig;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the router's settings, or only whether they are good. */
@Command(
    name = "config",
    description = {
      "Prints every setting with its value, where that comes from, and what it means, as a"
          + " properties file. Secrets are masked.",
      "Exit status 2 if the router would refuse to start."
    })
final class ConfigCommand implements Callable<Integer> {

  private final SettingFlags flags;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--check", description = "print nothing but problems")
  private boolean checkOnly;

  ConfigCommand(SettingFlags flags) {
    this.flags = flags;
  }

  @Override
  public Integer call() {
    Settings settings = flags.load(spec.commandLine());
    try {
      RouterConfig.from(settings);
    } finally { // also when it refuses them: then one wants to see them most
      if (!checkOnly) {
        settings.known().forEach(this::print);
        spec.commandLine().getOut().flush();
      }
    }
    return 0;
  }

  private void print(Setting setting) {
    PrintWriter out = spec.commandLine().getOut();
    out.println("# " + setting.help());
    if (!setting.allowed().isEmpty()) {
      out.println("# takes: " + setting.allowed());
    }
    out.println("# " + origin(setting) + "; set by " + names(setting));
    boolean isPlain = !setting.secret() && !setting.value().isEmpty();
    out.println((isPlain ? "" : "#") + setting.key() + "=" + setting.value());
    out.println();
  }

  private static String origin(Setting setting) {
    if (setting.source() == Source.DEFAULT) {
      return setting.byDefault().isEmpty() ? "not set" : "the default";
    }
    String source = setting.source().name().toLowerCase(Locale.ROOT);
    return "from "
        + source
        + (setting.byDefault().isEmpty() ? "" : "; default " + setting.byDefault());
  }

  private static String names(Setting setting) {
    return setting.secret() ? setting.variable() : setting.flag() + " or " + setting.variable();
  }
}
