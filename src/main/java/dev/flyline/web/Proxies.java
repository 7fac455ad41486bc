package dev.flyline.web;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The proxies whose word on their clients is believed, and what they say. From all others the same
 * headers mean nothing, since anybody can send them.
 *
 * @param trusted where these proxies connect from
 * @param onFly whether the router runs on Fly.io
 */
record Proxies(List<Cidr> trusted, boolean onFly) {

  private static final String FLY_CLIENT = "Fly-Client-IP";
  private static final String FORWARDED_FOR = "X-Forwarded-For";
  private static final String FLY_PROTO = "Fly-Forwarded-Proto";
  private static final String FORWARDED_PROTO = "X-Forwarded-Proto";

  /** Names the machine that asks, when Fly's proxy serves the private network. */
  private static final String FLY_SOURCE = "Fly-Src";

  private static final String FLYCAST = ".flycast";
  private static final Cidr PRIVATE_NETWORK = Cidr.parse("fdaa::/16").orElseThrow();

  Proxies {
    trusted = List.copyOf(trusted);
  }

  boolean trusts(InetAddress peer) {
    return trusted.stream().anyMatch(range -> range.contains(peer));
  }

  private boolean trusts(HttpServerRequest request) {
    return peer(request).filter(this::trusts).isPresent();
  }

  private static Optional<InetAddress> peer(HttpServerRequest request) {
    return Sockets.peer(Sockets.channel(request.connection()));
  }

  /**
   * The name by which the request's client is counted; empty if it is not known, since a trusted
   * proxy does not say it.
   */
  Optional<String> client(HttpServerRequest request) {
    return (trusts(request) ? told(request) : peer(request)).map(Proxies::key);
  }

  /** One name for all addresses that one customer has. */
  static String key(InetAddress address) {
    return ClientAddress.prefix(address.getHostAddress());
  }

  /**
   * On Fly its own header comes first, since the last address of the common one is the app's. Other
   * proxies may pass Fly's header on as a client has sent it, so there the common one comes first.
   */
  private Optional<InetAddress> told(HttpServerRequest request) {
    Optional<InetAddress> flyClient = only(request, FLY_CLIENT).flatMap(Proxies::address);
    Optional<InetAddress> forwarded = forwarded(request);
    return onFly ? flyClient.or(() -> forwarded) : forwarded.or(() -> flyClient);
  }

  /** The last address that no trusted proxy has; each appends the one that it saw. */
  private Optional<InetAddress> forwarded(HttpServerRequest request) {
    List<String> hops =
        request.headers().getAll(FORWARDED_FOR).stream()
            .flatMap(value -> Arrays.stream(value.split(",", -1)))
            .toList();
    for (String hop : hops.reversed()) {
      Optional<InetAddress> address = address(hop);
      if (address.isEmpty() || !trusts(address.get())) {
        return address;
      }
    }
    return Optional.empty();
  }

  private static Optional<InetAddress> address(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text.strip()));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Optional<String> only(HttpServerRequest request, String name) {
    List<String> values = request.headers().getAll(name);
    return values.size() == 1 ? Optional.of(values.getFirst().strip()) : Optional.empty();
  }

  /** Whether a trusted proxy says that a client out on the internet came without TLS. */
  boolean isPlain(HttpServerRequest request) {
    return trusts(request)
        && only(request, FLY_PROTO)
            .or(() -> only(request, FORWARDED_PROTO))
            .filter("http"::equalsIgnoreCase)
            .isPresent()
        && !isFlycast(request);
  }

  /**
   * Whether the request came over Fly's private network, which has no TLS of its own. The header
   * alone could be sent by anybody, who would then only miss the way to TLS.
   */
  private static boolean isFlycast(HttpServerRequest request) {
    return request.headers().contains(FLY_SOURCE)
        || isPrivate(only(request, FLY_CLIENT).orElse(""))
        || isPrivate(hostName(request))
        || hostName(request).endsWith(FLYCAST);
  }

  private static boolean isPrivate(String text) {
    return address(text).filter(PRIVATE_NETWORK::contains).isPresent();
  }

  /** The host that the request names, without its port. */
  static String hostName(HttpServerRequest request) {
    String host = Optional.ofNullable(request.getHeader(HttpHeaders.HOST)).orElse("");
    int end = host.startsWith("[") ? host.indexOf(']') : host.indexOf(':');
    String name = end < 0 ? host : host.substring(0, end);
    return (name.startsWith("[") ? name.substring(1) : name).toLowerCase(Locale.ROOT);
  }

  /**
   * Whether the request comes from a program on this machine, for this machine: not through a proxy
   * here, and not from a browser whose page has another name for our address.
   */
  static boolean isLocal(HttpServerRequest request) {
    var headers = request.headers();
    String host = hostName(request);
    return peer(request).filter(InetAddress::isLoopbackAddress).isPresent()
        && !headers.contains(FORWARDED_FOR)
        && !headers.contains(FLY_CLIENT)
        && !headers.contains("Forwarded")
        && (host.equals("localhost")
            || address(host).filter(InetAddress::isLoopbackAddress).isPresent());
  }
}
