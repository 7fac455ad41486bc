package dev.flyline.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyline.log.LogLine;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What expressions mean, which are the same, and what is said of those that mean nothing. */
@Timeout(30)
final class FilterExpressionTest {

  private static final String MESSAGE =
      "Timeout after 153 ms at \"Café\" in /api/login (HTTP 502), 50% done\nsecond line";

  private final LogLine line = TestLines.fly("info", MESSAGE);
  private final LogLine json =
      TestLines.fly(
          "warn",
          """
          {"http":{"status":502,"took_ms":1.5e3,"path":"/login"},"user.name":"Ana","ok":true,\
          "none":null,"tags":["red","Dark Blue",7],"id":9007199254740993,"text":"502",\
          "level":"error","q\\"k":1,"far":1e999,"empty":{},"big":1000000000000000000000}""");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "timeout",
        "TIMEOUT",
        "imeou",
        "timeout after",
        "\"timeout after\"",
        "\"at \\\"café\\\"\"",
        "CAFÉ",
        "caf",
        "\"done\nsecond\"",
        "50%",
        "timeout AND 153",
        "nothing OR timeout",
        "-nothing",
        "-(nothing other)",
        "-(nothing OR other)",
        "--timeout",
        "(timeout)",
        "(nothing OR timeout) (after OR nothing)",
        "nothing other OR timeout after",
        "timeout OR nothing other",
        "\"(\"",
        "\"OR\" OR timeout",
        "or OR timeout",
        "/\\d+ ms/",
        "/^Timeout/",
        "/timeout/i",
        "/CAFÉ/i",
        "/\\/api\\/\\w+/",
        "/done\\nsecond/",
        "/line$/",
        "/(GET|HTTP) 5\\d\\d/",
        "\"/api/login\"",
        "@level:info",
        "@level:INFO",
        "@level:>=debug",
        "@level:<error",
        "@level:debug..warn",
        "@level:*",
        "-@level:error",
        "@region:fra",
        "@region:FRA",
        "@region:f*",
        "@region:*",
        "@machine:m1",
        "@machine:m*",
        "@provider:app",
        "@provider:a*",
        "@host:a1b2",
        "@fly.app.name:shop",
        "@fly.region:fr*",
        "@fly.app:*",
        "@message:timeout*",
        "-@nothing:*",
        "-@fly.app:shop",
        "  timeout\t after "
      })
  void expression_letsThrough(String expression) throws FilterException {
    assertThat(passes(expression, line)).as(expression).isTrue();
    assertThat(passes("-(" + expression + ")", line)).as("not " + expression).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nothing",
        "timeout nothing",
        "\"timeout  after\"",
        "cafe",
        "/Timeout$/",
        "/TIMEOUT/",
        "@level:error",
        "@level:>info",
        "@region:fra1",
        "@region:fr",
        "@machine:m",
        "@machine:m11",
        "@provider:runner",
        "@fly.app.name:sho",
        "@fly.app.name.more:*",
        "@message:timeout",
        "@timestamp:>5",
        "-(timeout OR nothing)",
        "fra",
        "a1b2",
        "provider"
      })
  void expression_holdsBack(String expression) throws FilterException {
    assertThat(passes(expression, line)).as(expression).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "@http.status:502",
        "@http.status:502.0",
        "@http.status:5*",
        "@http.status:>500",
        "@http.status:>=502",
        "@http.status:<=502",
        "@http.status:500..599",
        "-@http.status:>502",
        "-@http.status:<502",
        "@http.took_ms:1500",
        "@http.took_ms:>1499.5",
        "@http.path:/login",
        "@http.path:/log*",
        "@http.path:\"/login\"",
        "@user.name:ana",
        "@user.name:A*",
        "@ok:true",
        "@none:null",
        "@none:*",
        "@tags:red",
        "@tags:\"dark blue\"",
        "@tags:\"dark \"*",
        "@tags:7",
        "@tags:>6",
        "-@tags:dark",
        "@id:9007199254740993",
        "-@id:9007199254740992",
        "@text:502",
        "@text:>501",
        "@far:>1e300",
        "-@far:<1e300",
        "@empty:*",
        "-@empty:x",
        "@big:1e21",
        "@level:warn",
        "@http:*",
        "-@http:x",
        "\"took_ms\"",
        "\"\\\"ok\\\":true\""
      })
  void fields_ofAMessageThatIsJson(String expression) throws FilterException {
    assertThat(passes(expression, json)).as(expression).isTrue();
  }

  @Test
  void fields_ofTheEnvelopeComeFirst() throws FilterException {
    LogLine both = TestLines.fly("info", "{\"host\":\"inner\",\"fly\":{\"inner\":1}}");

    assertThat(passes("@host:a1b2", both)).isTrue();
    assertThat(passes("@host:inner", both)).isFalse();
    assertThat(passes("@fly.inner:1", both)).isTrue();
  }

  @Test
  void message_isTheWholePayloadWhereThereIsNoEnvelope() throws FilterException {
    assertThat(passes("timeout", TestLines.line("plain TIMEOUT"))).isTrue();
    assertThat(passes("key", TestLines.line("{\"key\":\"{\\\"message\\\":1}\"}"))).isTrue();
    assertThat(passes("message", TestLines.line("{\"message\":\"text\"}"))).isFalse();
    assertThat(passes("message", TestLines.line("{\"message\":7}"))).isTrue();
    assertThat(passes("message", TestLines.line("{\"message\":\"cut"))).isTrue();
    assertThat(passes("last", TestLines.line("{\"message\":\"first\",\"message\":\"last\"}")))
        .isTrue();
    assertThat(passes("ü😀", TestLines.line("{\"mess\\u0061ge\":\"\\u00fc\\ud83d\\ude00\"}")))
        .isTrue();
    assertThat(passes("@message:x\uFFFDy", TestLines.line("{\"message\":\"x\\ud83dy\"}"))).isTrue();
    assertThat(passes("x", TestLines.line(""))).isFalse();
  }

  @Test
  void case_isIgnoredWithoutMixingScripts() throws FilterException {
    LogLine kelvin = TestLines.line("300 \u212A, stra\u017Fe, \u0130");

    assertThat(passes("k", kelvin)).isFalse();
    assertThat(passes("\u212A", kelvin)).isTrue();
    assertThat(passes("strase", kelvin)).isFalse();
    assertThat(passes("/(?i)k/", kelvin)).isTrue();
    assertThat(passes("/300 k/i", kelvin)).isTrue();
  }

  @Test
  void regionsAndMachines_holdBesideTheExpression() throws FilterException {
    FilterExpression timeout = FilterExpression.parse("timeout");

    assertThat(new LineFilter(Set.of("fra"), Set.of(), timeout).passes(line)).isTrue();
    assertThat(new LineFilter(Set.of("iad"), Set.of(), timeout).passes(line)).isFalse();
    assertThat(new LineFilter(Set.of(), Set.of("m1"), timeout).passes(line)).isTrue();
  }

  // ---- which are the same ----

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '→',
      value = {
        "Timeout   AFTER → timeout after",
        "a AND b AND a → a b",
        "(a OR (b)) OR c → a OR b OR c",
        "((a b)) c → a b c",
        "-(-a) → a",
        "a OR (b c) → a OR b c",
        "(a OR b) c → (a OR b) c",
        "-(a b) → -(a b)",
        "\"word\" → word",
        "\"two words\" → \"two words\"",
        "\"-x\" \"@y:z\" \"/p\" → \"-x\" \"@y:z\" \"/p\"",
        "\"a\\\"b\\\\c\" → \"a\\\"b\\\\c\"",
        "\"OR\" → or",
        "/A b\\/c/i → /A b\\/c/i",
        "@level:Warning → @level:warn",
        "@level:>=trace → @level:*",
        "@level:>warn → @level:>=error",
        "@level:>error → @level:fatal",
        "@level:<debug → @level:trace",
        "@level:err..warn → !",
        "@machine:3D8D7E → @machine:3d8d7e",
        "@machine:3d8d7e* → @machine:3d8d7e",
        "@machine:3d* → @machine:3d*",
        "@region:\"fra\" → @region:fra",
        "@region:* → @region:*",
        "@a.b:\"x y\"* → @a.b:\"x y\"*",
        "@a:\"b*\" → @a:\"b*\"",
        "@a:\">5\" → @a:\">5\"",
        "@a:\"1..2\" → @a:\"1..2\"",
        "@a:>=1e2 → @a:>=100.0",
        "@a:-5..7 → @a:-5..7",
        "@a:-0..0 → @a:0..0",
        "foo(bar)\"baz\" → foo bar baz"
      })
  void spelling_isCanonical(String expression, String canonical) throws FilterException {
    if (canonical.equals("!")) {
      assertThatThrownBy(() -> FilterExpression.parse(expression))
          .isInstanceOf(FilterException.class);
      return;
    }
    FilterExpression parsed = FilterExpression.parse(expression);

    assertThat(parsed).hasToString(canonical).isEqualTo(FilterExpression.parse(canonical));
    assertThat(parsed.hashCode()).isEqualTo(FilterExpression.parse(canonical).hashCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\n", "\u00a0"})
  void blank_letsEverythingThrough(String blank) throws FilterException {
    assertThat(FilterExpression.parse(blank)).isSameAs(FilterExpression.ALL);
    assertThat(new LineFilter(Set.of(), Set.of(), FilterExpression.parse(blank)))
        .isEqualTo(LineFilter.ALL);
  }

  // ---- what is said of those that mean nothing ----

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '→',
      value = {
        "\"open → 0",
        "a \"open → 2",
        "a /open → 2",
        "/login → 0",
        "/api/users → 5",
        "/a/g → 3",
        "// → 0",
        "a /(/ → 2",
        "a /*/ → 2",
        "/a**/ → 0",
        "/(?=x)/ → 0",
        "/\\1/ → 0",
        "(a → 0",
        "a (b (c) → 2",
        "a) → 1",
        "() → 1",
        "a OR → 4",
        "OR a → 0",
        "a AND AND b → 6",
        "a OR OR b → 5",
        "- → 0",
        "a - b → 2",
        "-(- ) → 2",
        "a \"\" → 2",
        "\"\\n\" → 1",
        "@ → 0",
        "@level → 0",
        "a @:x → 2",
        "@a..b:x → 0",
        "@.a:x → 0",
        "@level: → 7",
        "@level:bad → 7",
        "@level:>fatal → 7",
        "@level:<trace → 7",
        "@level:error..warn → 7",
        "@level:warn.. → 7",
        "@region:>5 → 8",
        "@a: → 3",
        "@a: b → 3",
        "@a:>x → 3",
        "@a:> 5 → 3",
        "@a:>=1e999 → 3",
        "@a:>01 → 3",
        "@a:5..1 → 3",
        "@a:1.. → 3",
        "@a:x..y → 3",
        "@a:>1. → 3",
        "@a:>.5 → 3",
        "@a:>5e → 3",
        "@a:>0x5 → 3"
      })
  void fault_isSaidWithItsPlaceAndAHint(String expression, int position) {
    assertThatThrownBy(() -> FilterExpression.parse(expression))
        .isInstanceOfSatisfying(
            FilterException.class,
            fault -> {
              assertThat(fault.position()).as(fault.detail()).isEqualTo(position);
              assertThat(fault.detail()).isNotBlank();
              assertThat(fault.hint()).isNotBlank();
            });
  }

  private static boolean passes(String expression, LogLine line) throws FilterException {
    return new LineFilter(Set.of(), Set.of(), FilterExpression.parse(expression)).passes(line);
  }
}
