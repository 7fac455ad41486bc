package dev.flyline.it.cluster;

import dev.flyline.it.Fork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A private network of the test's own: each router is alone in a network namespace, reaches the
 * others only through a {@link Switch} in this process, and viewers and NATS by a link apart that
 * is never disturbed.
 *
 * <p>It needs root and Linux; {@link #isPossible} tells.
 */
final class Lab implements AutoCloseable {

  private static final int CLUSTER_PORT = 5701;
  private static final int HTTP_PORT = 8080;
  private static final int OPS_PORT = 9091;

  private final List<String> namespaces = new ArrayList<>();
  private final List<String> links = new ArrayList<>();
  private final List<Site> sites = new ArrayList<>();
  private final Switch wires;
  private final Thread atExit = new Thread(this::removeNamespaces);

  private Lab(int routers, int natsPort) {
    Runtime.getRuntime().addShutdownHook(atExit);
    var tuns = new ArrayList<Tun>();
    for (int host = 1; host <= routers; host++) {
      tuns.add(addHost(host));
      sites.add(site(host, natsPort));
    }
    wires = new Switch(tuns);
  }

  /** A network of so many hosts, all connected. */
  static Lab of(int routers, int natsPort) {
    return new Lab(routers, natsPort);
  }

  /** Whether this machine lets the test make networks. */
  static boolean isPossible() {
    try {
      return Files.isWritable(Path.of("/dev/net/tun"))
          && Files.getOwner(Path.of("/proc/self")).getName().equals("root")
          && !Shell.run("ip", "netns", "list").contains("not supported");
    } catch (IOException | RuntimeException | AssertionError _) {
      return false;
    }
  }

  private Tun addHost(int host) {
    String id = Long.toString(ProcessHandle.current().pid(), 36) + host;
    String namespace = "flyline-" + id;
    Shell.run("ip", "netns", "add", namespace);
    namespaces.add(namespace);
    in(namespace, "link set lo up");
    String outside = "flv" + id;
    Shell.run(words("ip link add " + outside + " type veth peer name near netns " + namespace));
    links.add(outside);
    Shell.run(words("ip addr add " + near(host, 1) + "/30 dev " + outside));
    Shell.run(words("ip link set " + outside + " up"));
    in(namespace, "addr add " + near(host, 2) + "/30 dev near");
    in(namespace, "link set near up");
    String cluster = "flt" + id;
    var tun = new Tun(cluster);
    Shell.run(words("ip link set " + cluster + " netns " + namespace));
    in(namespace, "link set " + cluster + " mtu 9000 up");
    in(namespace, "addr add " + member(host) + "/64 dev " + cluster + " nodad");
    return tun;
  }

  private static void in(String namespace, String arguments) {
    Shell.run(words("ip -n " + namespace + ' ' + arguments));
  }

  private static String[] words(String command) {
    return command.split(" ");
  }

  private static String near(int host, int end) {
    return "10." + (190 + Fork.number()) + '.' + host + '.' + end;
  }

  private static String member(int host) {
    return "fd00:f1:0:0:0:0:0:" + host;
  }

  private Site site(int host, int natsPort) {
    return new Site(
        "r" + host,
        host == 1 ? "fra" : "ams",
        Optional.of(namespaces.get(host - 1)),
        near(host, 2),
        HTTP_PORT,
        OPS_PORT,
        member(host),
        CLUSTER_PORT,
        "nats://" + near(host, 1) + ':' + natsPort);
  }

  /** Where routers can run. */
  List<Site> sites() {
    return List.copyOf(sites);
  }

  /** Every packet takes so long from now on. */
  void delay(Duration eachWay) {
    wires.delay(eachWay);
  }

  /** Packets between this host, counted from 0, and all others are lost without a sign. */
  void cutOff(int host) {
    wires.cutOff(host + 1);
  }

  /** Pulls all of this host's cables: nothing reaches it, nothing leaves it, and nobody is told. */
  void unplug(int host) {
    cutOff(host);
    in(namespaces.get(host), "link set near down");
  }

  /** Ends all delays and losses. */
  void heal() {
    namespaces.forEach(namespace -> in(namespace, "link set near up"));
    wires.heal();
  }

  /** Resets the buses' connections between two hosts; returns how many there were. */
  int resetBus(int one, int other) {
    return wires.reset(one + 1, other + 1, CLUSTER_PORT + 1);
  }

  private void removeNamespaces() {
    links.forEach(link -> Shell.run("ip", "link", "del", link));
    links.clear();
    namespaces.forEach(namespace -> Shell.run("ip", "netns", "del", namespace));
    namespaces.clear();
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atExit);
    wires.close();
    removeNamespaces();
  }
}
