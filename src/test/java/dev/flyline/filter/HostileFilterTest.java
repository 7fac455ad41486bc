package dev.flyline.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.flyline.log.LogLine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Expressions and lines made to cost a router its time or its memory. What is bounded is counted:
 * terms, depth, instructions, bytes looked at.
 */
@Timeout(60)
final class HostileFilterTest {

  private static final int MAX_LINE = 64 * 1024;

  static List<String> expressions() {
    var all =
        new ArrayList<>(
            List.of(
                "(".repeat(1024),
                ")".repeat(1024),
                "-".repeat(1024),
                "-(".repeat(500),
                "\"".repeat(1023),
                "\\".repeat(1024),
                "/".repeat(1023),
                "@".repeat(1024),
                ":".repeat(1024),
                "a ".repeat(512),
                "a OR ".repeat(200),
                "OR ".repeat(300),
                "(a OR ".repeat(100) + "b" + ")".repeat(100),
                "@a:" + ">".repeat(1000),
                "@a:" + "1".repeat(1000),
                "@a:>" + "1".repeat(99) + "e999999999999",
                "@a:1e-" + "9".repeat(90) + "..2",
                "@" + "a.".repeat(500) + "b:c",
                "@a:" + "*".repeat(1000),
                "x".repeat(1025),
                "ü".repeat(513),
                "a\u0000b",
                "a\u001b[31m",
                "\u0085",
                "\ud800",
                "\udc00x",
                "x\ud83d",
                "\"\ud83d\"",
                "/\ud83d/"));
    var random = new Random(3);
    String letters = "ab ()-\"\\/@:.*<>=0123[]{}?+|^$OR i\n";
    for (int i = 0; i < 2_000; i++) {
      all.add(
          random
              .ints(random.nextInt(300), 0, letters.length())
              .mapToObj(n -> letters.substring(n, n + 1))
              .collect(Collectors.joining()));
    }
    return all;
  }

  @Test
  void expression_isReadOrRefusedAtAPlaceWithinIt() {
    var lines = new RandomFilters(5);
    for (String expression : expressions()) {
      try {
        FilterExpression read = FilterExpression.parse(expression);
        assertThat(FilterExpression.parse(read.toString())).isEqualTo(read);
        new LineFilter(Set.of(), Set.of(), read).passes(lines.line());
      } catch (FilterException fault) {
        assertThat(fault.position()).as(expression).isBetween(0, expression.length());
        assertThat(fault.hint()).isNotBlank();
      }
    }
  }

  @Test
  void limits_areOneKibibyteSixtyFourTermsAndDepthSixteen() throws FilterException {
    FilterExpression.parse("x".repeat(1024));
    FilterExpression.parse("ü".repeat(512));
    FilterExpression.parse(terms(64));
    FilterExpression.parse("(".repeat(16) + "a" + ")".repeat(16));
    FilterExpression.parse("-".repeat(16) + "a");

    assertRefused("x".repeat(1025), 1024);
    assertRefused("ü".repeat(513), 512);
    assertRefused("x".repeat(1021) + "😀", 1021);
    assertRefused(terms(65), terms(65).lastIndexOf('w'));
    assertRefused("(".repeat(17) + "a" + ")".repeat(17), 16);
    assertRefused("-(".repeat(9) + "a" + ")".repeat(9), 16);
    assertRefused("a\u0000b", 1);
    assertRefused("ab \ud83d", 3);
    assertRefused("@a" + ".b".repeat(16) + ":c", 0);
  }

  private static String terms(int count) {
    return IntStream.range(0, count).mapToObj(n -> "w" + n).collect(Collectors.joining(" "));
  }

  private static void assertRefused(String expression, int position) {
    assertThatThrownBy(() -> FilterExpression.parse(expression))
        .isInstanceOfSatisfying(
            FilterException.class, fault -> assertThat(fault.position()).isEqualTo(position));
  }

  // ---- regular expressions ----

  @ParameterizedTest
  @ValueSource(
      strings = {
        "((a{100}){100}){100}",
        "((((((((a{9}){9}){9}){9}){9}){9}){9}){9})",
        "(a{1000}){1000}",
        "a{129}",
        "(?:a{0,70}){2}",
        "((a?){50}){50}",
        "(((a{30})+){30})*",
        "([a-z]{40}|b{40}){3}",
        "\\x{61}{999}",
        "[]{}]{999}",
        "[^]\\]]{999}",
        "[[:alpha:]]{999}",
        "(?P<name>a{20}){20}",
        "(?i:a{20}){20}",
        "\\Q{\\E(a{99}){99}",
        "(\\Qaaaaaaaaaaaaaaaaaaaa\\E){20}",
        "(a|b|c|d|e|f|g|h|i|j|k){20}",
        "\\pL\\pN\\pL\\pN\\pL\\pN\\pL\\pN\\pL\\pN\\pL\\pN",
        "[\\pL\\PN\\p{Greek}\\pL\\pL\\pL\\pL\\pL\\pL\\pL\\pL\\pL]",
        "((((((((((((((((((a))))))))))))))))))",
        "(a{2}){2}{99999999999999999999}"
      })
  void regex_thatAsksForALargeProgramIsRefused(String source) {
    assertRefused("x /" + source + "/", 2);
  }

  @Test
  void regexes_areBoundedTogether() throws FilterException {
    FilterExpression.parse("/a{50}/ /b{50}/");

    assertRefused("/a{50}/ OR /b{50}/ OR /c{50}/", 22);
  }

  /** Whatever the library makes of an expression, its program was counted before. */
  @Test
  void regex_isCompiledOnlyIfItsProgramIsSmall() {
    var random = new Random(11);
    String[] parts = {
      "a",
      "b",
      "(",
      ")",
      "|",
      "*",
      "+",
      "?",
      "{2}",
      "{3,}",
      "{0,4}",
      "{9",
      "[a-c]",
      "[^]x]",
      "\\d",
      "\\pL",
      "\\x{41}",
      "\\Q{7}\\E",
      "(?:",
      "(?i)",
      "(?P<n>",
      ".",
      "^",
      "$",
      "\\{",
      "}",
      "]",
      "["
    };
    int compiled = 0;
    for (int i = 0; i < 20_000; i++) {
      String source =
          random
              .ints(1 + random.nextInt(12), 0, parts.length)
              .mapToObj(n -> parts[n])
              .collect(Collectors.joining());
      try {
        int outlined = new RegexOutline(source, false, 100_000).size();
        int size = Pattern.compile(source).programSize();
        assertThat(size).as(source).isLessThanOrEqualTo(3 * outlined + 3);
        compiled++;
      } catch (RegexOutline.TooLarge | PatternSyntaxException _) {
        // is told so
      }
    }
    assertThat(compiled).isGreaterThan(1_000);
  }

  /** What a regular expression must contain is looked for first, and must never hide a match. */
  @Test
  void regex_isLookedForWhereverItMayMatch() throws FilterException {
    var random = new Random(13);
    String[] parts = {
      "ab",
      "a",
      "b",
      "k",
      "s",
      "-",
      "c*",
      "c?",
      "c+",
      "c{0,2}",
      "c{2}",
      "(ab|c)",
      "[ab]",
      "\\.",
      "\\Qab\\E",
      "(?i)",
      "(?:ab)",
      "ab|",
      ".",
      "x"
    };
    List<String> texts =
        List.of(
            "ababccab", "a.b-cc", "AB-K.S", "a\u212Ab\u017F", "abcabxab", "", "xx", "ccabab.ab");
    for (int i = 0; i < 5_000; i++) {
      String source =
          random
              .ints(1 + random.nextInt(5), 0, parts.length)
              .mapToObj(n -> parts[n])
              .collect(Collectors.joining());
      boolean ignoreCase = random.nextBoolean();
      var regex = LinearRegex.compile(source, ignoreCase, 0);
      var pattern = Pattern.compile((ignoreCase ? "(?i)" : "") + source);
      for (String text : texts) {
        assertThat(regex.matches(new LineView().of(TestLines.line(text)), regex.size()))
            .as(source + " in " + text)
            .isEqualTo(pattern.matcher(text).find());
      }
    }
  }

  @Test
  void regex_readsNoMoreOfALineThanItsStepsAllow() throws FilterException {
    var line = new LineView().of(TestLines.line("a".repeat(MAX_LINE - 2) + "xy"));
    String large = "(?:a?){20}y";
    int size = LinearRegex.compile(large, false, 0).size();
    int limit = LinearRegex.STEPS_PER_LINE / size;

    assertThat(size).isLessThanOrEqualTo(LinearRegex.MAX_SIZE);
    assertThat(line.messageText(limit)).hasSize(limit + 1).endsWith("a…");
    assertThat(LinearRegex.compile(large, false, 0).matches(line, size)).isFalse();
    assertThat(LinearRegex.compile("a$", false, 0).matches(line, 100)).isFalse();
    assertThat(FilterExpression.parse("xy")).hasToString("xy");
    assertThat(new TextSearch("xy").isIn(line)).as("words are sought everywhere").isTrue();
  }

  // ---- lines ----

  static List<String> payloads() {
    String deep = "{\"a\":".repeat(20_000);
    return List.of(
        "",
        "{",
        "{\"",
        "{\"message\"",
        "{\"message\":",
        "{\"message\":\"",
        "{\"message\":\"\\",
        "{\"message\":\"\\u",
        "{\"message\":\"\\u12\"}",
        "{\"message\":\"\\ud83d\\u\"}",
        "{\"message\":\"\\x\"}",
        "{\"message\":}",
        "{\"a\":[1,2,}",
        "{\"a\":[1,,2]}",
        "{\"a\":[",
        "{\"a\":[\"",
        "{\"a\":]}",
        "{,}",
        "{}{}",
        "[]",
        deep,
        deep + "1" + "}".repeat(20_000),
        "[".repeat(60_000),
        "{\"a\":" + "9".repeat(60_000) + "}",
        "{\"message\":\"" + "\\u0000".repeat(10_000) + "\"}",
        "\u001b[".repeat(30_000),
        "\u001b[" + "1;".repeat(30_000),
        "=".repeat(60_000),
        "a=\"" + "\\".repeat(60_000),
        "[".repeat(60_000) + "]",
        "\"GET ".repeat(10_000),
        "a.".repeat(30_000) + "Error:",
        "2026-11-20 ".repeat(5_000),
        "10:23:45 [x] y - ".repeat(4_000));
  }

  /** Every test of lines takes any of them, cut anywhere near its start or end. */
  @ParameterizedTest
  @MethodSource("payloads")
  void line_ofAnyKindIsJudged(String payload) throws FilterException {
    FilterExpression all =
        FilterExpression.parse(
            "(a OR ü OR /a.b/ OR @level:error OR @provider:x OR @a:>5 OR @a.a.a:1 OR @b.c:d*)"
                + " -@nothing:* (@a:* OR -@a:*)");
    var filter = new LineFilter(Set.of(), Set.of(), all);
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    for (int cut = 0; cut < Math.min(40, bytes.length + 1); cut++) {
      filter.passes(new LogLine("fra", "m1", Arrays.copyOf(bytes, cut), 0));
      filter.passes(new LogLine("fra", "m1", Arrays.copyOf(bytes, bytes.length - cut), 0));
    }
    assertThat(filter.passes(TestLines.line("{\"a\":6}"))).isTrue();
  }

  @Test
  void invalidUtf8_isJudged() throws FilterException {
    var random = new Random(17);
    FilterExpression all = FilterExpression.parse("ü OR /x.y/ OR @level:error OR @a:b");
    var filter = new LineFilter(Set.of(), Set.of(), all);
    for (int i = 0; i < 2_000; i++) {
      var bytes = new byte[random.nextInt(60)];
      random.nextBytes(bytes);
      filter.passes(new LogLine("fra", "m1", bytes, 0));
    }
    byte[] broken = {'x', (byte) 0xC3, 'y'};
    assertThat(filter.passes(new LogLine("fra", "m1", broken, 0))).isTrue();
  }
}
