package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bytes that X.690 prescribes. */
@Timeout(20)
final class DerTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0400",
    "127, 047f",
    "128, 048180",
    "255, 0481ff",
    "256, 04820100",
    "65536, 0483010000"
  })
  void length_hasTheShortestForm(int length, String begin) {
    String written = HexFormat.of().formatHex(Der.octets(new byte[length]));

    assertThat(written).startsWith(begin).hasSize(begin.length() + 2 * length);
  }

  @ParameterizedTest
  @CsvSource({
    "1.3.101.112, 06032b6570",
    "2.5.29.19, 0603551d13",
    "1.2.840.10045.2.1, 06072a8648ce3d0201",
    "1.3.6.1.5.5.7.3.2, 06082b06010505070302"
  })
  void objectIdentifier_isInBase128(String dotted, String bytes) {
    assertThat(HexFormat.of().formatHex(Der.oid(dotted))).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({"0, 020100", "127, 02017f", "128, 02020080", "65535, 020300ffff"})
  void integer_isSigned(BigInteger number, String bytes) {
    assertThat(HexFormat.of().formatHex(Der.integer(number))).isEqualTo(bytes);
  }

  @Test
  void parts_areNested() {
    byte[] written = Der.sequence(Der.truth(), Der.explicit(3, Der.bits(7, new byte[] {-128})));

    assertThat(HexFormat.of().formatHex(written)).isEqualTo("30090101ffa30403020780");
  }
}
