package dev.flyline.cli;

import dev.flyline.config.Settings;
import dev.flyline.server.RouterConfig;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs a router until SIGTERM or Ctrl-C. */
@Command(name = "serve", description = "Runs a router until SIGTERM or Ctrl-C.")
final class ServeCommand implements Callable<Integer> {

  private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

  /**
   * More than the longest drain that can be set; then a router that hangs is left to the signal.
   */
  private static final Duration PATIENCE = Duration.ofMinutes(6);

  private final SettingFlags flags;
  private final StopSignal stop;

  @Spec private CommandSpec spec = CommandSpec.create();

  ServeCommand(SettingFlags flags, StopSignal stop) {
    this.flags = flags;
    this.stop = stop;
  }

  private static void tellPassedOver(Set<String> variables) {
    if (!variables.isEmpty()) {
      log.info("{} are no settings, but of an orchestrator: passed over", variables);
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    var config = RouterConfig.from(flags.load(spec.commandLine()));
    tellPassedOver(Settings.passedOver(flags.environment()));
    stop.listen(PATIENCE);
    var started = RunningRouter.startUnless(stop.asked(), config);
    if (started.isEmpty()) {
      log.info("flyline has stopped before it had joined its cluster");
      return 0;
    }
    boolean lost;
    try (var router = started.get()) { // it says itself where it listens
      router.onLost(stop.asked()::countDown);
      stop.asked().await();
      lost = router.isLost();
    }
    if (lost) { // a status by which the platform starts it again
      throw new CommandFailure("the router stopped, since its cluster was lost");
    }
    log.info("flyline has stopped");
    return 0;
  }
}
