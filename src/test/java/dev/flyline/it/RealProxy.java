package dev.flyline.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** nginx or HAProxy, the one on the PATH, in front of a router. */
final class RealProxy implements AutoCloseable {

  private static final long POLL_NS = 5_000_000;

  private final Process process;
  private final int port;

  private RealProxy(int port, List<String> command) {
    this.port = port;
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitUp();
  }

  static boolean isInstalled(String program) {
    return Stream.concat(
            Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin", "/usr/local/sbin"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** nginx that speaks HTTP/1.0 to the router, as it long has unless told otherwise. */
  static RealProxy plainNginx(Path folder, int router) throws IOException {
    return nginx(folder, "proxy_pass http://127.0.0.1:" + router + "; proxy_http_version 1.0;");
  }

  /** nginx as its manual configures it for WebSockets. */
  static RealProxy nginx(Path folder, int router) throws IOException {
    return nginx(
        folder,
        """
        proxy_pass http://127.0.0.1:%d;
        proxy_http_version 1.1;
        proxy_set_header Host $http_host;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
        proxy_read_timeout 1h;
        """
            .formatted(router));
  }

  private static RealProxy nginx(Path folder, String location) throws IOException {
    int port = FreePorts.one("127.0.0.1");
    Path file = folder.resolve("nginx.conf");
    Files.writeString(
        file,
        """
        daemon off; master_process off; pid %1$s/nginx.pid; error_log stderr;
        events {}
        http {
          access_log off;
          client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi; uwsgi_temp_path %1$s/uwsgi; scgi_temp_path %1$s/scgi;
          map $http_upgrade $connection_upgrade { default upgrade; '' close; }
          server { listen 127.0.0.1:%2$d; location / { %3$s } }
        }
        """
            .formatted(folder, port, location));
    return new RealProxy(
        port, List.of(path("nginx"), "-e", "stderr", "-p", folder.toString(), "-c", file + ""));
  }

  static RealProxy haproxy(Path folder, int router) throws IOException {
    int port = FreePorts.one("127.0.0.1");
    Path file = folder.resolve("haproxy.cfg");
    Files.writeString(
        file,
        """
        defaults
          mode http
          timeout connect 5s
          timeout client 1h
          timeout server 1h
        listen router
          bind 127.0.0.1:%d
          server one 127.0.0.1:%d
        """
            .formatted(port, router));
    return new RealProxy(port, List.of(path("haproxy"), "-db", "-f", file.toString()));
  }

  private static String path(String program) {
    Path usual = Path.of("/usr/sbin", program);
    return Files.isExecutable(usual) ? usual.toString() : program;
  }

  private void awaitUp() {
    var deadline = Deadline.soon();
    while (true) {
      try {
        Wire.connect(port).close();
        return;
      } catch (UncheckedIOException e) {
        if (deadline.passed() || !process.isAlive()) {
          throw new AssertionError("the proxy does not start", e);
        }
        LockSupport.parkNanos(POLL_NS);
      }
    }
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  @Override
  public void close() {
    process.destroy();
  }
}
