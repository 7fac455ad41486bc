package dev.flyline.web;

import dev.flyline.config.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What strangers may take of the router, and whose word on their addresses is believed.
 *
 * @param proxies the trusted proxies
 * @param redirects whether plain HTTP from the internet is sent to HTTPS
 * @param strangersPercent of all connections, those that show no good token
 * @param strangersPerAddress of one peer that is no trusted proxy
 * @param viewersPerAddress open streams of one client's address; 0 for any number
 * @param connectsPerAddress requests for streams of one client's address in a minute; 0: any number
 */
record EdgeConfig(
    Proxies proxies,
    boolean redirects,
    int strangersPercent,
    int strangersPerAddress,
    int viewersPerAddress,
    int connectsPerAddress) {

  private static final int MOST = 10_000_000;
  private static final String PROXIES = "trusted.proxies";
  private static final String REDIRECT = "https.redirect";
  private static final String NONE = "none";

  /**
   * Fly's proxy, by what public sources show; Fly documents no address. Other machines of the
   * private network come from fdaa::/16, and customers may own those.
   */
  private static final String FLY_PROXY = "172.16.0.0/12";

  /** Reads the settings; {@code environment} tells whether the router runs on Fly. */
  static EdgeConfig from(Settings settings, Map<String, String> environment) {
    boolean onFly = environment.containsKey("FLY_MACHINE_ID");
    return new EdgeConfig(
        new Proxies(trusted(settings, onFly), onFly),
        redirects(settings),
        settings.integer(
            "limit.strangers.percent",
            10,
            1,
            100,
            "part of all connections that may be without a good token, in percent"),
        settings.integer(
            "limit.strangers.per.address",
            1000,
            1,
            MOST,
            "connections without a good token of one address that is no trusted proxy"),
        settings.integer(
            "limit.per.address", 0, 0, MOST, "open streams of one client's address; 0: any number"),
        settings.integer(
            "limit.connects.per.address",
            600,
            0,
            MOST,
            "requests for streams of one client's address, a minute; 0: any number"));
  }

  private static List<Cidr> trusted(Settings settings, boolean onFly) {
    var texts =
        settings.list(
            PROXIES,
            onFly ? FLY_PROXY : NONE,
            "addresses and ranges of proxies whose word on their clients is believed"
                + " (Fly-Client-IP, X-Forwarded-For, X-Forwarded-Proto), comma separated, or none;"
                + " not given on Fly: its proxy");
    if (texts.equals(List.of(NONE))) {
      return List.of();
    }
    texts.stream()
        .filter(text -> Cidr.parse(text).isEmpty())
        .forEach(
            text -> settings.problem(PROXIES, "must be like 10.0.0.0/8 or fd00::1, not " + text));
    return texts.stream().map(Cidr::parse).flatMap(Optional::stream).toList();
  }

  private static boolean redirects(Settings settings) {
    var text =
        settings.text(
            REDIRECT,
            "on",
            "on: a request that came without TLS, as a trusted proxy says, is sent to https; off");
    if (!text.equals("on") && !text.equals("off")) {
      settings.problem(REDIRECT, "must be on or off, not " + text);
    }
    return text.equals("on");
  }
}
