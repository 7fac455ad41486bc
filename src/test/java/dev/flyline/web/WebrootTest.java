package dev.flyline.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files of the page, from folders and from jars. */
@Timeout(30)
final class WebrootTest {

  private static final ClassLoader LOADER = WebrootTest.class.getClassLoader();

  @Test
  void folder_isReadWithItsSubfolders() {
    assertThat(Webroot.load(LOADER, "webroot-test").files())
        .containsOnlyKeys("/", "/index.html", "/app.js", "/sub/icon.svg");
  }

  @Test
  void jar_isReadAsAFolderIs(@TempDir Path folder) throws Exception {
    var jar = folder.resolve("a jar with blanks.jar");
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (var name : List.of("other.txt", "page/index.html", "page/sub/icon.svg")) {
        out.putNextEntry(new JarEntry(name));
        out.write(name.getBytes(UTF_8));
      }
    }
    try (var loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
      var page = Webroot.load(loader, "page");

      assertThat(page.files()).containsOnlyKeys("/", "/index.html", "/sub/icon.svg");
      assertThat(page.find("/").orElseThrow().body().toString()).isEqualTo("page/index.html");
      assertThat(page.find("/sub/icon.svg").orElseThrow().mediaType()).isEqualTo("image/svg+xml");
    }
  }

  @Test
  void missingFolder_refusesToStart() {
    assertThatThrownBy(() -> Webroot.load(LOADER, "no-such-folder"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no-such-folder/index.html");
  }
}
