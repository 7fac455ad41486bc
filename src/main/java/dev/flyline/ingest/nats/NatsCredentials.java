package dev.flyline.ingest.nats;

import dev.flyline.config.Secret;
import io.nats.client.Options;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * User and token for NATS. Fly's tokens are in use with and without the scheme {@code FlyV1} before
 * them, so a refused one is tried in its other form before anybody is told. Belongs to the control
 * thread of {@link NatsSource}.
 */
final class NatsCredentials {

  private static final Logger log = LoggerFactory.getLogger(NatsCredentials.class);
  private static final String SCHEME = "FlyV1 ";

  private final String user;
  private final List<String> forms = new ArrayList<>();
  private int form;
  private int refusals; // since NATS last accepted

  NatsCredentials(IngestConfig config) {
    this.user = config.user().orElse("");
    config.token().map(Secret::reveal).ifPresent(this::addForms);
  }

  private void addForms(String token) {
    forms.add(token);
    forms.add(token.startsWith(SCHEME) ? token.substring(SCHEME.length()) : SCHEME + token);
  }

  void apply(Options.Builder builder) {
    if (!forms.isEmpty()) {
      builder.userInfo(user.toCharArray(), forms.get(form).toCharArray());
    }
  }

  /** NATS took them. */
  void accepted() {
    refusals = 0;
  }

  /** NATS refused them. Returns whether every form has been refused now, for the first time. */
  boolean refused() {
    refusals++;
    if (!forms.isEmpty()) {
      form = (form + 1) % forms.size();
    }
    boolean all = refusals == Math.max(1, forms.size());
    if (all) {
      log.error(
          "NATS refuses the credentials; check nats.user (the organization's slug) and nats.token"
              + " (a read-only token of it). Trying again from time to time.");
    }
    return all;
  }
}
