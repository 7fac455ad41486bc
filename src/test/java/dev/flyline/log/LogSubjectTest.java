package dev.flyline.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LogSubjectTest {

  @Test
  void parse_givesTheThreeParts() {
    assertThat(LogSubject.parse("logs.my-app1.fra.d896d7c609dd68"))
        .contains(new LogSubject(new AppName("my-app1"), "fra", "d896d7c609dd68"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "logs",
        "logs.",
        "logs.a",
        "logs.a.b",
        "logs.a.b.",
        "logs.a..c",
        "logs..b.c",
        "log.a.b.c",
        "logs.a.b.c.d",
        "logs.A.b.c",
        "logs.-a.b.c",
        "logs.a_b.b.c",
        "logs.*.b.c",
        "logs.a.>.c",
        "logs.a.b.c d",
        "logs.a.b.c\r",
        "xlogs.a.b.c",
        "logs.a.é.c"
      })
  void parse_refusesEverythingElse(String subject) {
    assertThat(LogSubject.parse(subject)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.>",
        "*",
        ">",
        "../b",
        "a/b",
        "%61",
        "A",
        "-a",
        "a_b",
        "a b",
        "",
        "é",
        "a\n",
        "a\u0000",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      })
  void appName_refusesWhatWouldWidenASubject(String name) {
    assertThat(AppName.parse(name)).isEmpty();
  }
}
