package dev.flyline.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ten thousand tokens that are almost good. */
@Timeout(60)
final class TokenFuzzTest {

  private static final String SECRET = "a secret of at least 32 bytes for tests";
  private static final int ROUNDS = 10_000;

  private final Random random = new Random(20_261_121);

  @Test
  void mutatedToken_isNeverAcceptedAndNeverThrows() {
    var keys = List.of(VerificationKey.hmac(SECRET));
    var verifier =
        Judge.of(
            Judge.config(keys, List.of(), null, null, "apps"),
            InstantSource.fixed(Instant.ofEpochSecond(1_000)));
    var good = TestTokens.hs256("{\"exp\":2000,\"sub\":\"u\",\"apps\":[\"shop\"]}", SECRET);

    assertThat(verifier.verify(good)).isInstanceOf(Grant.class);
    for (int round = 0; round < ROUNDS; round++) {
      var mutant = mutate(good);
      if (!mutant.equals(good)) {
        assertThat(verifier.verify(mutant)).as(mutant).isInstanceOf(Refusal.class);
      }
    }
  }

  private String mutate(String token) {
    var text = new StringBuilder(token);
    for (int times = random.nextInt(1, 4); times > 0 && !text.isEmpty(); times--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(6)) {
        case 0 -> text.setCharAt(at, (char) random.nextInt(0x20, 0x7F));
        case 1 -> text.setCharAt(at, (char) random.nextInt(0x10000));
        case 2 -> text.deleteCharAt(at);
        case 3 -> text.insert(at, text.charAt(random.nextInt(text.length())));
        case 4 -> text.setLength(at);
        default -> text.append(text, at, text.length());
      }
    }
    return text.toString();
  }
}
