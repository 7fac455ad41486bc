package dev.flyline.cli;

import dev.flyline.config.Setting;
import dev.flyline.config.Settings;
import dev.flyline.config.Source;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * The router's settings as flags of a command: one for every setting that is not a secret, made
 * from what the config records ask for, so that no flag can be forgotten.
 */
final class SettingFlags {

  private final List<Setting> settings;
  private final Map<String, String> environment;

  SettingFlags(Collection<Setting> settings, Map<String, String> environment) {
    this.settings = List.copyOf(settings);
    this.environment = Map.copyOf(environment);
  }

  /** The variables that were given. */
  Map<String, String> environment() {
    return environment;
  }

  /** Gives {@code command} the flags. */
  void addTo(CommandSpec command) {
    command.usageMessage().abbreviateSynopsis(true);
    command.addOption(
        option(Source.FLAG.spell(Settings.CONFIG_FILE))
            .paramLabel("FILE")
            .description(
                "properties file with settings ("
                    + Source.ENVIRONMENT.spell(Settings.CONFIG_FILE)
                    + ")")
            .build());
    for (Setting setting : settings) {
      var option = option(setting.flag());
      if (setting.secret()) {
        option.hidden(true).arity("0..1");
      } else {
        option.paramLabel("VALUE").description(describe(setting));
      }
      command.addOption(option.build());
    }
  }

  /** The settings by the flags given to {@code command}, the environment and the file. */
  Settings load(CommandLine command) {
    var given = command.getParseResult();
    var flags = new HashMap<String, String>();
    String file = given.matchedOptionValue(Source.FLAG.spell(Settings.CONFIG_FILE), "");
    flags.put(Settings.CONFIG_FILE, file);
    for (Setting setting : settings) {
      if (setting.secret() && given.hasMatchedOption(setting.flag())) {
        throw new ParameterException(
            command,
            setting.flag()
                + ": a secret cannot be a flag, which every user of the machine could read; set "
                + setting.variable()
                + " or "
                + setting.variable()
                + "_FILE");
      }
      flags.put(setting.key(), given.matchedOptionValue(setting.flag(), ""));
    }
    return Settings.load(flags, environment);
  }

  private static OptionSpec.Builder option(String name) {
    return OptionSpec.builder(name).type(String.class);
  }

  /** Percent signs are doubled since picocli formats the text. */
  private static String describe(Setting setting) {
    var text = new StringBuilder(setting.help());
    if (!setting.allowed().isEmpty()) {
      text.append("; ").append(setting.allowed());
    }
    if (!setting.byDefault().isEmpty()) {
      text.append(" (default: ").append(setting.byDefault()).append(')');
    }
    return text.toString().replace("%", "%%");
  }
}
