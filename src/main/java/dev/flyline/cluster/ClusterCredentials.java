package dev.flyline.cluster;

import dev.flyline.config.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.List;

/** What makes a router one of its cluster. */
sealed interface ClusterCredentials {

  /** What this router shows its peers from now on, and whom it trusts. */
  Identity identity() throws IOException, GeneralSecurityException;

  /**
   * Certificates of an authority that the operators keep.
   *
   * @param certificate this router's certificate, PEM; certificates between it and the authority
   *     may follow
   * @param key the key of that certificate, PEM (PKCS 8)
   * @param authority the certificate that all routers' certificates are signed with, PEM
   */
  record CertificateFiles(Path certificate, Path key, Path authority)
      implements ClusterCredentials {

    @Override
    public Identity identity() throws IOException {
      return new Identity(
          Files.readString(certificate),
          Files.readString(key),
          List.of(Files.readString(authority)));
    }
  }

  /**
   * The cluster's secret.
   *
   * @param secrets the first signs, all are trusted; two while one is being replaced
   */
  record SharedSecret(List<Secret> secrets) implements ClusterCredentials {

    /** Keeps a copy. */
    public SharedSecret {
      secrets = List.copyOf(secrets);
      if (secrets.isEmpty()) {
        throw new IllegalArgumentException("secrets: must not be empty");
      }
    }

    /** Makes a key of this start and certifies it. */
    @Override
    public Identity identity() throws GeneralSecurityException {
      List<Authority> authorities = new ArrayList<>();
      for (Secret secret : secrets) {
        authorities.add(Authority.of(secret.reveal()));
      }
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256); // P-256, the fastest of those that TLS and Vert.x' PEM files have
      KeyPair own = generator.generateKeyPair();
      var certificate = authorities.getFirst().issue(own.getPublic());
      List<String> trusted = new ArrayList<>();
      for (Authority authority : authorities) {
        trusted.add(Identity.pem("CERTIFICATE", authority.certificate().getEncoded()));
      }
      return new Identity(
          Identity.pem("CERTIFICATE", certificate.getEncoded()),
          Identity.pem("PRIVATE KEY", own.getPrivate().getEncoded()),
          trusted);
    }
  }
}
