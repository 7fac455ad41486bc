package dev.flyline.cli;

import dev.flyline.config.ConfigException;
import dev.flyline.config.Setting;
import dev.flyline.config.Settings;
import dev.flyline.server.RouterConfig;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The program {@code flyline}: its commands and exit statuses, 0 for done, 1 for failed, 2 for
 * wrong arguments or settings.
 */
@Command(
    name = "flyline",
    description = "Brings every customer the live log lines of their own Fly.io apps.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
public final class Main implements Runnable {

  private static final int FAILED = 1;
  private static final int WRONG = 2;

  @Spec private CommandSpec spec = CommandSpec.create();

  private Main() {}

  /** Runs one command and ends the process with its status. */
  public static void main(String[] args) {
    var stop = new ProcessSignal();
    stop.end(commandLine(System.getenv(), stop).execute(args));
  }

  /** The commands, for a process with {@code environment} that {@code stop} may stop. */
  static CommandLine commandLine(Map<String, String> environment, StopSignal stop) {
    var known = everySetting();
    var flags = new SettingFlags(known, environment);
    var authFlags =
        new SettingFlags(
            known.stream().filter(setting -> setting.key().startsWith("auth.")).toList(),
            environment);
    var line = new CommandLine(new Main());
    line.addSubcommand(withFlags(flags, new ServeCommand(flags, stop)));
    line.addSubcommand(new DemoCommand(stop));
    line.addSubcommand(new GenerateCommand(stop));
    line.addSubcommand(withFlags(authFlags, new TokenCommand(authFlags)));
    line.addSubcommand(withFlags(flags, new ConfigCommand(flags)));
    line.getSubcommands().values().forEach(Main::addHelp);
    ValueConverters.addTo(line);
    line.setParameterExceptionHandler(Main::onWrongArguments);
    line.setExecutionExceptionHandler(Main::onFailure);
    return line;
  }

  /** Called when no command is given. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** What the config records ask for, by letting them ask. */
  private static Collection<Setting> everySetting() {
    var nothing = Settings.of(Map.of());
    try {
      RouterConfig.from(nothing);
    } catch (ConfigException _) {
      // That some setting is missing does not matter here: all have been asked for.
    }
    return nothing.known();
  }

  private static CommandLine withFlags(SettingFlags flags, Object command) {
    var line = new CommandLine(command);
    flags.addTo(line.getCommandSpec());
    return line;
  }

  private static void addHelp(CommandLine command) {
    command.getCommandSpec().mixinStandardHelpOptions(true).versionProvider(new Version());
  }

  /** Says what is wrong and what was perhaps meant, without the pages of all flags. */
  private static int onWrongArguments(ParameterException wrong, String[] arguments) {
    CommandLine command = wrong.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println("flyline: " + wrong.getMessage());
    UnmatchedArgumentException.printSuggestions(wrong, command.getErr());
    command.getErr().println("'" + name + " --help' tells more");
    return WRONG;
  }

  /** What is the caller's or the surroundings' fault is told in a line; a bug shows its trace. */
  private static int onFailure(Exception failure, CommandLine command, ParseResult given)
      throws Exception {
    if (failure instanceof ConfigException wrong) {
      wrong.problems().forEach(problem -> command.getErr().println("flyline: " + problem));
      return WRONG;
    }
    if (failure instanceof CommandFailure) {
      command.getErr().println("flyline: " + failure.getMessage());
      return FAILED;
    }
    throw failure;
  }

  /** The version that the build wrote into the jar. */
  static final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"flyline " + Optional.ofNullable(version).orElse("(not packaged)")};
    }
  }
}
