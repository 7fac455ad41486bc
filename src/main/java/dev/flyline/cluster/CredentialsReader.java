package dev.flyline.cluster;

import dev.flyline.cluster.ClusterCredentials.CertificateFiles;
import dev.flyline.cluster.ClusterCredentials.SharedSecret;
import dev.flyline.config.Secret;
import dev.flyline.config.Settings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads what makes a router one of its cluster; what is wrong goes to the settings' problems. */
record CredentialsReader(Settings settings) {

  private static final String SECRET_KEY = "cluster.secret";

  /** One recorded handshake lets a stranger try secrets offline, so they must be random. */
  private static final int MIN_SECRET_BYTES = 32;

  /** A random secret of that length has more different ones, also in hexadecimal. */
  private static final int MIN_CHARACTERS = 8;

  /**
   * The files if they are given, else the secret, else null.
   *
   * @param mode what needs one of them; empty for nothing
   */
  @Nullable ClusterCredentials read(String mode) {
    String help = " of the connections between routers, PEM; give all three or none";
    var keys = List.of("cluster.tls.cert.file", "cluster.tls.key.file", "cluster.tls.ca.file");
    var certificate = settings.file(keys.get(0), "certificate" + help);
    var key = settings.file(keys.get(1), "key of the certificate" + help);
    var authority = settings.file(keys.get(2), "authority of the certificates" + help);
    var secret = secret();
    List<String> missing = keys.stream().filter(name -> !isGiven(name)).toList();
    if (missing.size() < keys.size()) {
      missing.forEach(name -> settings.problem(name, "is missing; give all three or none"));
    } else if (!mode.isEmpty() && !isGiven(SECRET_KEY) && !isGiven(SECRET_KEY + ".file")) {
      settings.problem(
          SECRET_KEY,
          "is needed with "
              + mode
              + ", the same on all routers (or the three cluster.tls files); this makes one:"
              + " openssl rand -base64 48");
    }
    return certificate.isPresent() && key.isPresent() && authority.isPresent()
        ? new CertificateFiles(certificate.get(), key.get(), authority.get())
        : secret;
  }

  private @Nullable SharedSecret secret() {
    var secret =
        settings.secret(
            SECRET_KEY,
            "joins the cluster, at least 32 bytes, the same on all routers; two, comma separated,"
                + " while one is being replaced: the first proves, both are accepted; not used with"
                + " the three cluster.tls files");
    if (secret.isEmpty()) {
      return null;
    }
    var parts = Stream.of(secret.get().reveal().split(",", -1)).map(String::strip).toList();
    if (parts.stream().anyMatch(part -> bytes(part) < MIN_SECRET_BYTES)) {
      settings.problem(
          SECRET_KEY, "must have at least 32 bytes, on each side of a comma if there is one");
    } else if (parts.size() > 2) {
      settings.problem(SECRET_KEY, "must be one secret, or two with a comma between");
    } else if (parts.stream().anyMatch(part -> part.chars().distinct().count() < MIN_CHARACTERS)) {
      settings.problem(
          SECRET_KEY, "must be random: it repeats too few characters; openssl rand -base64 48");
    } else {
      return new SharedSecret(parts.stream().map(Secret::new).toList());
    }
    return null;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private boolean isGiven(String key) {
    return settings.known().stream().anyMatch(s -> s.key().equals(key) && !s.value().isEmpty());
  }
}
