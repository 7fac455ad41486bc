package dev.flyline.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the page's sources must not hold, because log lines are written by strangers. */
final class PageSourcesTest {

  /** Ways from text to markup, code or style, and places where a token could be kept. */
  private static final Pattern FORBIDDEN =
      Pattern.compile(
          "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|createContextualFragment"
              + "|DOMParser|setHTML|srcdoc|\\beval\\b|new Function|\\sstyle=|\\son\\w+="
              + "|localStorage|sessionStorage|document\\.cookie");

  @Test
  void page_neverTurnsTextIntoMarkup() {
    var files = Webroot.load().files();
    assertThat(files).containsKeys("/", "/app.js", "/rows.js", "/style.css");
    files.forEach(
        (name, file) ->
            assertThat(file.body().toString(StandardCharsets.UTF_8))
                .as(name)
                .doesNotContainPattern(FORBIDDEN));
  }
}
