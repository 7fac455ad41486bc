package dev.flyline.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A certificate authority for one test, made by the JDK's keytool in the test's folder. */
final class TestAuthority {

  private static final String PASSWORD = "not-a-secret";

  private final Path dir;
  private final Path store;

  TestAuthority(Path dir, String name) throws Exception {
    this.dir = Files.createDirectories(dir.resolve(name));
    this.store = this.dir.resolve("keys.p12");
    generate("ca", "-ext", "bc:critical=ca:true", "-ext", "ku:critical=keyCertSign");
    writePem("ca", "CERTIFICATE", keys().getCertificate("ca").getEncoded());
  }

  /** The files of a router called {@code name}, certified by this authority. */
  ClusterCredentials.CertificateFiles issue(String name) throws Exception {
    generate(name, "-signer", "ca");
    return new ClusterCredentials.CertificateFiles(
        writePem(name, "CERTIFICATE", keys().getCertificate(name).getEncoded()),
        writePem(
            name + "-key", "PRIVATE KEY", keys().getKey(name, PASSWORD.toCharArray()).getEncoded()),
        dir.resolve("ca.pem"));
  }

  private void generate(String alias, String... more) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-keyalg", "EC", "-validity", "2"));
    command.addAll(List.of("-alias", alias, "-dname", "CN=" + alias));
    command.addAll(List.of("-storetype", "PKCS12", "-keystore", store.toString()));
    command.addAll(List.of("-storepass", PASSWORD));
    command.addAll(List.of(more));
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("keytool.log").toFile())
            .start();
    if (process.waitFor() != 0) {
      throw new AssertionError(Files.readString(dir.resolve("keytool.log")));
    }
  }

  private KeyStore keys() throws GeneralSecurityException, IOException {
    var keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  private Path writePem(String name, String kind, byte[] content) throws IOException {
    var encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return Files.writeString(
        dir.resolve(name + ".pem"),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(kind, encoder.encodeToString(content), kind));
  }
}
