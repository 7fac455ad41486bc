package dev.flyline.cluster;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * A router's certificate, and whose certificates it trusts: mutual TLS 1.3 on both of its ports.
 *
 * @param certificate its certificate and those between it and its authority, PEM
 * @param key the key of that certificate, PEM (PKCS 8)
 * @param authorities the certificates of those whose signature makes a router, PEM
 */
record Identity(String certificate, String key, List<String> authorities) {

  private static final String TLS = "TLSv1.3";

  /** Keeps a copy of {@code authorities}. */
  Identity {
    authorities = List.copyOf(authorities);
  }

  /** Turns it on for the bus, for the connections that come and for those that go. */
  void applyTo(EventBusOptions bus) {
    var trusted = new PemTrustOptions();
    authorities.forEach(authority -> trusted.addCertValue(Buffer.buffer(authority)));
    bus.setSsl(true)
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .setCertValue(Buffer.buffer(certificate))
                .setKeyValue(Buffer.buffer(key)))
        .setTrustOptions(trusted)
        .setClientAuth(io.vertx.core.http.ClientAuth.REQUIRED)
        .setTrustAll(false) // the bus' own default is true
        .setEnabledSecureTransportProtocols(Set.of(TLS))
        .setSslEngineOptions(new JdkSSLEngineOptions().setUseWorkerThread(true)) // not the loops
        .setSslHandshakeTimeout(Unproven.PATIENCE.toSeconds())
        .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
  }

  /** Makes the engines of connections that others have opened. */
  Supplier<SSLEngine> acceptingEngines() throws SSLException {
    return engines(
        SslContextBuilder.forServer(stream(certificate), stream(key))
            .clientAuth(ClientAuth.REQUIRE));
  }

  /** Makes the engines of connections that this router opens. */
  Supplier<SSLEngine> openingEngines() throws SSLException {
    return engines(
        SslContextBuilder.forClient()
            .keyManager(stream(certificate), stream(key))
            .endpointIdentificationAlgorithm(null)); // a router is known by its key, not by a name
  }

  /** Netty's builder is used because it reads PEM; the engines are the JDK's. */
  private Supplier<SSLEngine> engines(SslContextBuilder builder) throws SSLException {
    SslContext context =
        builder
            .sslProvider(SslProvider.JDK)
            .protocols(TLS)
            .trustManager(stream(String.join("\n", authorities)))
            .build();
    return () -> limited(context.newEngine(UnpooledByteBufAllocator.DEFAULT));
  }

  /** Small records: a connection that has proven nothing must not make anybody keep large ones. */
  private static SSLEngine limited(SSLEngine engine) {
    var parameters = engine.getSSLParameters();
    parameters.setMaximumPacketSize(TlsLink.RECORD_BYTES);
    engine.setSSLParameters(parameters);
    return engine;
  }

  private static InputStream stream(String pem) {
    return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
  }

  static String pem(String kind, byte[] content) {
    var encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, encoder.encodeToString(content), kind);
  }

  /** Says nothing of the key. */
  @Override
  public String toString() {
    return "Identity of a router";
  }
}
