package dev.flyline.cluster;

import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Makes the TLS of connections between members.
 *
 * @param identity whose they are
 * @param accepting makes it for those that others have opened
 * @param opening makes it for those that this router opens
 */
record Engines(Identity identity, Supplier<SSLEngine> accepting, Supplier<SSLEngine> opening) {

  static Engines of(Identity identity) throws SSLException {
    return new Engines(identity, identity.acceptingEngines(), identity.openingEngines());
  }
}
