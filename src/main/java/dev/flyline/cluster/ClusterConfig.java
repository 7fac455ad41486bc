package dev.flyline.cluster;

import dev.flyline.config.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether this router has peers, where it meets them and how it finds them.
 *
 * @param mode how peers are found
 * @param name what all routers of one cluster are called
 * @param wire the version of what routers say to each other
 * @param region where this router runs
 * @param host the IP address that it listens on and that its peers use
 * @param port the port for membership; the bus has the one after it
 * @param peers where peers may be; for {@code dns} one name that stands for all of them
 * @param credentials what makes this router one of the cluster; null if it is alone
 */
public record ClusterConfig(
    Mode mode,
    String name,
    int wire,
    String region,
    String host,
    int port,
    List<HostPort> peers,
    @Nullable ClusterCredentials credentials) {

  /** How routers find each other. */
  public enum Mode {
    /** They do not: this one is alone. */
    OFF,
    /** By a list of addresses. */
    STATIC,
    /** By a name that has the addresses of all. */
    DNS,
    /** By the name that Fly gives to the machines of an app. */
    FLY
  }

  /** Version of what routers say to each other; those of different ones do not meet. */
  static final int WIRE_VERSION = 1;

  private static final int DEFAULT_PORT = 5701;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /** Keeps a copy of {@code peers}. */
  public ClusterConfig {
    peers = List.copyOf(peers);
  }

  /** Reads the settings; what Fly says of a machine comes from its own variables. */
  public static ClusterConfig from(Settings settings, Map<String, String> environment) {
    return new Reader(settings, environment).read();
  }

  /** Whether this router is to have peers. */
  public boolean hasPeers() {
    return mode != Mode.OFF;
  }

  /** The port of the bus. */
  int busPort() {
    return port + 1;
  }

  /** The name under which members meet: releases that do not understand each other differ in it. */
  String clusterName() {
    return name + "-w" + wire;
  }

  /** What peers call this router by, also after a restart. */
  String address() {
    return mode == Mode.OFF ? "local" : new HostPort(host, port).toString();
  }

  /** Reads the settings one by one; what is wrong goes to the settings' problems. */
  private record Reader(Settings settings, Map<String, String> environment) {

    private static final String MODE_KEY = "cluster";
    private static final String HOST_KEY = "cluster.host";
    private static final String PEERS_KEY = "cluster.peers";

    ClusterConfig read() {
      Mode mode = mode();
      String name = name();
      int port =
          settings.integer(
              "cluster.port",
              DEFAULT_PORT,
              1,
              HostPort.MAX_PORT - 1,
              "port for membership, the same on all routers that are found by name; the bus takes the"
                  + " port after it");
      var host =
          settings.optionalText(
              HOST_KEY, "address of this machine that its peers use; nothing else listens on it");
      var peers =
          settings.list(
              PEERS_KEY,
              "",
              "static: host:port of each router, comma separated, IPv6 in brackets; dns: a name that"
                  + " has the addresses of all routers");
      return new ClusterConfig(
          mode,
          name,
          WIRE_VERSION,
          region(mode),
          host(mode, host),
          port,
          peers(mode, peers, port),
          new CredentialsReader(settings).read(mode == Mode.OFF ? "" : name(mode)));
    }

    private Mode mode() {
      String text =
          settings.text(
              MODE_KEY,
              "off",
              "how routers find each other: off (this one is alone), static (by a list), dns (by a"
                  + " name), fly (by the app's name in Fly's private network)");
      return Stream.of(Mode.values())
          .filter(mode -> mode.name().toLowerCase(Locale.ROOT).equals(text))
          .findFirst()
          .orElseGet(
              () -> {
                settings.problem(MODE_KEY, "must be off, static, dns or fly, not " + text);
                return Mode.OFF;
              });
    }

    private String name() {
      String key = "cluster.name";
      String name = settings.text(key, "flyline", "routers of another name are strangers");
      if (!NAME.matcher(name).matches()) {
        settings.problem(key, "must be up to 64 letters, digits, dots and dashes, not " + name);
      }
      return name;
    }

    private String host(Mode mode, Optional<String> given) {
      return switch (mode) {
        case OFF -> "";
        case FLY -> {
          given.ifPresent(
              _ -> settings.problem(HOST_KEY, "is FLY_PRIVATE_IP with fly; take dns to set it"));
          yield ofFly("FLY_PRIVATE_IP").map(ip -> address(MODE_KEY, ip)).orElse("");
        }
        case STATIC, DNS -> {
          if (given.isEmpty()) {
            settings.problem(HOST_KEY, "is needed with " + name(mode));
          }
          yield given.map(host -> address(HOST_KEY, host)).orElse("");
        }
      };
    }

    private String address(String key, String text) {
      String host =
          text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
      try {
        InetAddress address = InetAddress.getByName(host);
        if (!host.isEmpty() && !address.isAnyLocalAddress() && !address.isMulticastAddress()) {
          return HostPort.literal(address);
        }
        settings.problem(key, "must be one address that peers can reach, not " + text);
      } catch (UnknownHostException _) {
        settings.problem(key, "must be an address of this machine; no such host: " + text);
      }
      return "";
    }

    private List<HostPort> peers(Mode mode, List<String> given, int port) {
      return switch (mode) {
        case OFF -> List.of();
        case FLY -> {
          if (!given.isEmpty()) {
            settings.problem(PEERS_KEY, "are the app's machines with fly; take dns or static");
          }
          yield ofFly("FLY_APP_NAME")
              .flatMap(app -> HostPort.parse(app + ".internal", port))
              .map(List::of)
              .orElse(List.of());
        }
        case DNS -> {
          if (given.size() != 1) {
            settings.problem(PEERS_KEY, "must be one name with dns");
          }
          yield parsed(given, port);
        }
        case STATIC -> {
          if (given.isEmpty()) {
            settings.problem(PEERS_KEY, "is needed with static: host:port of each router");
          }
          yield parsed(given, port);
        }
      };
    }

    private List<HostPort> parsed(List<String> given, int port) {
      List<HostPort> peers = new ArrayList<>();
      for (String text : given) {
        HostPort.parse(text, port)
            .ifPresentOrElse(
                peers::add,
                () ->
                    settings.problem(
                        PEERS_KEY, "must be host:port, IPv6 as [address]:port, not " + text));
      }
      return peers;
    }

    private String region(Mode mode) {
      String region = environment.getOrDefault("FLY_REGION", "local");
      if (mode != Mode.OFF && !Members.isName(region)) {
        settings.problem(MODE_KEY, "needs a FLY_REGION of up to 40 letters, digits and dashes");
      }
      return region;
    }

    private Optional<String> ofFly(String variable) {
      var value = Optional.ofNullable(environment.get(variable)).filter(text -> !text.isBlank());
      if (value.isEmpty()) {
        settings.problem(MODE_KEY, "fly needs " + variable + ", which Fly sets in its machines");
      }
      return value;
    }

    private static String name(Mode mode) {
      return mode.name().toLowerCase(Locale.ROOT);
    }
  }
}
