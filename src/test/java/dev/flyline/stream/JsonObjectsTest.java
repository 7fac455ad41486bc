package dev.flyline.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class JsonObjectsTest {

  private static final JsonFactory JACKSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(JsonObjects.MAX_DEPTH)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .build())
          .build();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        " \t\r\n{ \t\r\n} \t\r\n",
        "{\"a\":1}",
        "{ \"a\" : 1 , \"b\" : [ ] }",
        "{\"a\":{},\"b\":[],\"c\":[[],{}],\"a\":0}",
        "{\"\":\"\"}",
        "{\"a\":[true,false,null]}",
        "{\"a\":[0,-0,10,-1.5,0.0,1e5,1E+5,1e-05,0e0,123456789012345678901234567890]}",
        "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD800\\uabcF\"}",
        "{\"a\":\"\u007f\u0080\u2028\uFFFF😀\"}",
        "{\"日本\":\"語\"}"
      })
  void object_isOne(String json) {
    assertThat(JsonObjects.isObject(json.getBytes(UTF_8))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "}",
        "[]",
        "[{}]",
        "\"a\"",
        "1",
        "null",
        "{}x",
        "{}{}",
        "{},",
        "{}\0",
        "{]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\":1 \"b\":2}",
        "{\"a\" 1}",
        "{a:1}",
        "{\"a\":[1,]}",
        "{\"a\":[,1]}",
        "{\"a\":[1 2]}",
        "{\"a\":[}",
        "{\"a\":[1}]",
        "{\"a\":{]}",
        "{\"a\":01}",
        "{\"a\":-}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":1.}",
        "{\"a\":1e}",
        "{\"a\":1e+}",
        "{\"a\":-01}",
        "{\"a\":0x1}",
        "{\"a\":1.e5}",
        "{\"a\":--1}",
        "{\"a\":1-}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":tru}",
        "{\"a\":True}",
        "{\"a\":truee}",
        "{\"a\":nul",
        "{\"a\":\"}",
        "{\"a\":\"\\\"}",
        "{\"a\":\"\\",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"\\u123",
        "{\"a\":\"\\u+123\"}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"\t\"}",
        "{\"a\":\"\0\"}",
        "{\"a\":\"\u001f\"}",
        "{\"\n\":1}",
        "{'a':1}",
        "{\"a\":'b'}",
        "{/**/}",
        "{\"a\":1}//",
        "\uFEFF{}",
        "{\u00a0}",
        "{\f}",
        "{\u000b}",
        "{\"a\":1;}",
        "{\"a\"::1}",
        "{\"a\":1,,\"b\":2}",
        "{{}}",
        "{\"a\":{\"b\":1}"
      })
  void anythingElse_isNone(String json) {
    assertThat(JsonObjects.isObject(json.getBytes(UTF_8))).isFalse();
  }

  @ParameterizedTest
  @MethodSource("dev.flyline.stream.Samples#hostile")
  void hostilePayload_isJudgedAsItsAuthorKnew(Samples.Hostile hostile) {
    assertThat(JsonObjects.isObject(hostile.payload())).isEqualTo(hostile.object());
  }

  @Test
  void depth_endsAt100_whateverNests() {
    assertThat(isObject("{\"a\":".repeat(99) + "{}" + "}".repeat(99))).isTrue();
    assertThat(isObject("{\"a\":".repeat(100) + "{}" + "}".repeat(100))).isFalse();
    assertThat(isObject("{\"a\":" + "[".repeat(99) + "]".repeat(99) + "}")).isTrue();
    assertThat(isObject("{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}")).isFalse();
    assertThat(isObject(Samples.nested(100))).isTrue();
    assertThat(isObject(Samples.nested(101))).isFalse();
    assertThat(isObject("{\"a\":[" + "{\"b\":[]},".repeat(1000) + "1]}")).isTrue();
  }

  @Test
  void closingBrackets_mustMatchAtEveryDepth() {
    String open = "{\"a\":[[{\"a\":".repeat(24);
    String close = "}]]}".repeat(24);
    assertThat(isObject(open + "1" + close)).isTrue();
    for (int i = 0; i < close.length(); i++) {
      var wrong = new StringBuilder(close);
      wrong.setCharAt(i, close.charAt(i) == '}' ? ']' : '}');
      assertThat(isObject(open + "1" + wrong)).isFalse();
    }
  }

  @Test
  void mutations_areJudgedAsByJackson() {
    var random = new Random(8259);
    List<byte[]> seeds = new ArrayList<>();
    for (Samples.Hostile hostile : Samples.hostile()) {
      if (hostile.payload().length < 1000) {
        seeds.add(hostile.payload());
      }
    }
    for (String seed :
        List.of(
            "{\"event\":{\"provider\":\"app\"},\"n\":[-0.5e+10,true,null,{}],\"m\":\"é\\u00e9😀\"}",
            "{\"a\":[1,22,-3.25,4e5],\"b\":{\"c\":\"\\\\\\\"\",\"d\":[[],[{}]]},\"e\":false}")) {
      seeds.addAll(Collections.nCopies(40, seed.getBytes(UTF_8)));
    }
    int objects = 0;
    for (int i = 0; i < 100_000; i++) {
      byte[] json = mutate(seeds.get(random.nextInt(seeds.size())), random);
      boolean expected = jacksonAccepts(json);
      objects += expected ? 1 : 0;
      assertThat(JsonObjects.isObject(json))
          .as(() -> Arrays.toString(json) + " " + new String(json, UTF_8))
          .isEqualTo(expected);
    }
    assertThat(objects).isBetween(10_000, 90_000); // both answers were tried
  }

  private static byte[] mutate(byte[] seed, Random random) {
    byte[] alphabet = "{}[]\",:\\/ue+-.0123456789truefalsn \n\t\0".getBytes(UTF_8);
    byte[] json = seed.clone();
    for (int changes = random.nextInt(3); changes > 0 && json.length > 0; changes--) {
      int at = random.nextInt(json.length);
      byte value =
          random.nextInt(4) == 0
              ? (byte) random.nextInt(256)
              : alphabet[random.nextInt(alphabet.length)];
      int kind = random.nextInt(3);
      byte[] next = new byte[json.length + kind - 1]; // leaves out, replaces, adds
      System.arraycopy(json, 0, next, 0, at);
      if (kind > 0) {
        next[at] = value;
      }
      System.arraycopy(json, at + (kind == 2 ? 0 : 1), next, at + kind, next.length - at - kind);
      json = next;
    }
    return json;
  }

  private static boolean jacksonAccepts(byte[] bytes) {
    try {
      // From characters: of bytes Jackson guesses the encoding, and its UTF-8 is not strict.
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      try (JsonParser json = JACKSON.createParser(text)) {
        if (json.nextToken() != JsonToken.START_OBJECT) {
          return false;
        }
        int depth = 1;
        while (depth > 0) {
          JsonToken token = json.nextToken();
          if (token == null) {
            return false;
          }
          json.getText();
          depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        }
        return json.nextToken() == null;
      }
    } catch (IOException _) {
      return false;
    }
  }

  private static boolean isObject(String json) {
    return JsonObjects.isObject(json.getBytes(UTF_8));
  }
}
