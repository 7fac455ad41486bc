package dev.flyline.cluster;

import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;

/**
 * Mutual TLS between routers: whoever has a certificate of the authority is a router.
 *
 * @param certificate this router's certificate, PEM
 * @param key the key of that certificate, PEM (PKCS 8)
 * @param authority the certificate that all routers' certificates are signed with, PEM
 */
record BusTls(Path certificate, Path key, Path authority) {

  /** Turns it on, for the connections that come and for those that go. */
  void applyTo(EventBusOptions bus) {
    bus.setSsl(true)
        .setKeyCertOptions(
            new PemKeyCertOptions().setCertPath(certificate.toString()).setKeyPath(key.toString()))
        .setTrustOptions(new PemTrustOptions().addCertPath(authority.toString()))
        .setClientAuth(ClientAuth.REQUIRED)
        .setTrustAll(false); // the bus' own default is true
  }
}
