package dev.flyline.cluster;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host, by name or address, and a port.
 *
 * @param host a name, or an IP address without brackets
 */
record HostPort(String host, int port) {

  static final int MAX_PORT = 65_535;

  /** {@code [v6]} or anything without a colon, then perhaps a port. */
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([^\\[\\]]+)]|([^:\\[\\]]+))(?::(\\d{1,5}))?");

  private static final Pattern NAME =
      Pattern.compile(
          "(?=.{1,253}\\.?$)[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\\.[A-Za-z0-9_]"
              + "(?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*\\.?");

  /** Reads {@code host:port} or {@code host}; an IPv6 address must stand in brackets. */
  static Optional<HostPort> parse(String text, int defaultPort) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    String v6 = form.group(1);
    String other = form.group(2);
    boolean good = v6 != null ? NetUtil.isValidIpV6Address(v6) : isNameOrIpv4(other);
    int port = form.group(3) == null ? defaultPort : Integer.parseInt(form.group(3));
    return good && port > 0 && port <= MAX_PORT
        ? Optional.of(new HostPort(v6 != null ? v6 : other, port))
        : Optional.empty();
  }

  /** An address in its shortest usual form, without brackets. */
  static String literal(InetAddress address) {
    return NetUtil.toAddressString(address);
  }

  private static boolean isNameOrIpv4(String text) {
    return NetUtil.isValidIpV4Address(text)
        || (NAME.matcher(text).matches() && !text.matches("[0-9.]+"));
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
