package dev.flyline.config;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The variables that an orchestrator sets by itself, for a service or a linked container whose name
 * makes them look like settings. Nobody has typed them, so nobody can mend them.
 *
 * <p>Kubernetes sets, for each service: {@code <NAME>_SERVICE_HOST}, {@code <NAME>_SERVICE_PORT},
 * {@code <NAME>_SERVICE_PORT_<PORT'S NAME>}, and the forms of Docker's links: {@code <NAME>_PORT}
 * with an address and {@code <NAME>_PORT_<N>_<PROTOCOL>}, alone or with {@code _ADDR}, {@code
 * _PORT} or {@code _PROTO}. Docker's links have {@code <NAME>_NAME} and {@code <NAME>_ENV_*} too.
 *
 * <p>The values count as well: {@code FLYLINE_PORT=8080} is a typo of somebody's.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
final class Injected {

  private static final String ADDRESS = "(tcp|udp|sctp)://\\S+";
  private static final String HOST = "[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*|None";
  private static final Pattern PORT = Pattern.compile("FLYLINE_([A-Z0-9_]+_)?PORT");
  private static final Pattern SERVICE_HOST = Pattern.compile("FLYLINE_([A-Z0-9_]+_)?SERVICE_HOST");
  private static final Pattern SERVICE_PORT =
      Pattern.compile("FLYLINE_([A-Z0-9_]+_)?SERVICE_PORT(_[A-Z0-9_]+)?");
  private static final Pattern NUMBERED =
      Pattern.compile("FLYLINE_([A-Z0-9_]+_)?PORT_\\d+_(TCP|UDP|SCTP)(?<part>_(ADDR|PORT|PROTO))?");
  private static final Pattern LINK = Pattern.compile("/[^/]+/[^/]+");
  private static final String LINK_NAME = Source.PREFIX + "NAME";
  private static final String LINK_ENV = Source.PREFIX + "ENV_";

  private Injected() {}

  /** The names of those in {@code environment} that an orchestrator has set. */
  static Set<String> of(Map<String, String> environment) {
    boolean linked = LINK.matcher(environment.getOrDefault(LINK_NAME, "")).matches();
    var names = new TreeSet<String>();
    environment.forEach(
        (name, value) -> {
          if (isOfService(name, value) || (linked && isOfLink(name))) {
            names.add(name);
          }
        });
    return names;
  }

  private static boolean isOfLink(String name) {
    return name.equals(LINK_NAME) || name.startsWith(LINK_ENV);
  }

  private static boolean isOfService(String name, String value) {
    var numbered = NUMBERED.matcher(name);
    boolean isPort = PORT.matcher(name).matches() && value.matches(ADDRESS);
    boolean isHost = SERVICE_HOST.matcher(name).matches() && value.matches(HOST);
    boolean isNumber = SERVICE_PORT.matcher(name).matches() && value.matches("\\d+");
    return isPort
        || isHost
        || isNumber
        || (numbered.matches() && (numbered.group("part") != null || value.matches(ADDRESS)));
  }
}
