package dev.flyline.web;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The files of the web page, read from the class path into memory once.
 *
 * @param files each file by its path in URLs, which begins with a slash
 */
public record Webroot(Map<String, Asset> files) {

  private static final String INDEX = "/index.html";

  private static final Map<String, String> MEDIA_TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "json", "application/json",
          "svg", "image/svg+xml",
          "png", "image/png",
          "ico", "image/x-icon",
          "woff2", "font/woff2",
          "txt", "text/plain; charset=utf-8");

  /** Keeps a copy of {@code files}. */
  public Webroot {
    files = Map.copyOf(files);
  }

  /**
   * One file.
   *
   * @param body its bytes
   * @param mediaType what they are, by the file's ending
   * @param etag changes when they change
   */
  public record Asset(Buffer body, String mediaType, String etag) {}

  /**
   * Reads the files of {@code webroot/}; blocks, so it is called once, before anything is served.
   */
  public static Webroot load() {
    return load(Webroot.class.getClassLoader(), "webroot");
  }

  /** The file at {@code path}, exactly as it is spelled. */
  Optional<Asset> find(String path) {
    return Optional.ofNullable(files.get(path));
  }

  static Webroot load(ClassLoader loader, String folder) {
    var url = loader.getResource(folder + INDEX);
    if (url == null) {
      throw new IllegalStateException("the class path lacks " + folder + INDEX);
    }
    try {
      return new Webroot(url.getProtocol().equals("jar") ? inJar(url, folder) : inFolder(url));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Asset> inJar(URL url, String folder) throws IOException {
    var jar = ((JarURLConnection) url.openConnection()).getJarFileURL();
    try (var files = FileSystems.newFileSystem(path(jar))) {
      return read(files.getPath(folder));
    }
  }

  private static Map<String, Asset> inFolder(URL index) throws IOException {
    return read(path(index).resolveSibling("."));
  }

  private static Path path(URL url) throws IOException {
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  private static Map<String, Asset> read(Path folder) throws IOException {
    var root = folder.normalize();
    var files = new TreeMap<String, Asset>();
    try (var paths = Files.walk(root)) {
      for (var file : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
        var name = "/" + root.relativize(file).toString().replace('\\', '/');
        files.put(name, asset(name, Files.readAllBytes(file)));
      }
    }
    files.put("/", files.get(INDEX));
    return files;
  }

  private static Asset asset(String name, byte[] bytes) {
    var ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return new Asset(
        Buffer.buffer(bytes),
        MEDIA_TYPES.getOrDefault(ending, "application/octet-stream"),
        '"' + HexFormat.of().formatHex(sha256(bytes), 0, 16) + '"');
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
