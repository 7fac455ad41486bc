package dev.flyline.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.flyline.it.SideBySide;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In a container without IPv6 the defaults mean all addresses that there are. */
@Timeout(300)
@SideBySide
final class NoIpv6IT {

  private static final String SCRIPT =
      """
      set -e
      for i in all default lo; do echo 1 > /proc/sys/net/ipv6/conf/$i/disable_ipv6; done
      ip link set lo up
      "$@" > target/no-ipv6.log 2>&1 &
      pid=$!
      trap 'kill -9 $pid' EXIT
      for port in $PORTS; do
        n=0
        until exec 3<>/dev/tcp/127.0.0.1/$port; do
          kill -0 $pid
          n=$((n + 1)); test $n -lt 600
          read -t 0.1 <> <(:) || :
        done 2>/dev/null
        printf 'GET /health/live HTTP/1.0\\r\\nHost: x\\r\\n\\r\\n' >&3
        head -1 <&3
        exec 3>&-
      done
      """;

  private static List<String> inNamespace(String ports) {
    return List.of(
        "env",
        "PORTS=" + ports,
        "FLYLINE_AUTH_HMAC_SECRET=0123456789abcdef0123456789abcdef",
        "FLYLINE_SERVICE_HOST=10.0.1.1",
        "FLYLINE_PORT=tcp://10.0.1.1:8080",
        "unshare",
        "-n",
        "--pid", // all that it has started ends with it
        "--fork",
        "bash",
        "-c",
        SCRIPT,
        "bash");
  }

  private static String run(String ports, String... command) {
    var all = new ArrayList<>(inNamespace(ports));
    all.addAll(List.of(RouterProcess.javaHome("java")));
    all.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "-Djava.net.preferIPv6Addresses=true"));
    all.addAll(List.of("-cp", RouterProcess.classPath(), "dev.flyline.cli.Main"));
    all.addAll(List.of(command));
    return Shell.run(all.toArray(String[]::new));
  }

  private static void assumeNamespaces() {
    assumeTrue(Lab.isPossible(), "needs root on Linux, for a network namespace");
  }

  @Test
  void serve_listensOnItsDefaultAddresses() {
    assumeNamespaces();
    assertThat(run("8080 9091", "serve")).contains("200").doesNotContain("error");
  }

  @Test
  void demo_listens() {
    assumeNamespaces();
    assertThat(run("8080 9091", "demo")).contains("200");
  }
}
