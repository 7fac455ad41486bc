package dev.flyline.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.filter.FilterException;
import dev.flyline.filter.FilterExpression;
import dev.flyline.filter.LineFilter;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Equal formats of one lane are one object, until the last of their viewers leaves. */
@Timeout(10)
final class FormatsTest {

  private final Formats formats = new Formats();

  private static Format format(String expression) throws FilterException {
    return new Format(
        Entries.ENCODER,
        new LineFilter(Set.of("fra"), Set.of(), FilterExpression.parse(expression)));
  }

  @Test
  void equalFormats_areOneObject() throws FilterException {
    Format first = format("timeout");
    assertThat(formats.take(first)).isSameAs(first);
    assertThat(formats.take(format("timeout"))).isSameAs(first);
    assertThat(formats.size()).isEqualTo(1);
  }

  /** A client is told its filter as it wrote it. */
  @Test
  void spelling_staysTheClientsOwn() throws FilterException {
    Format plain = formats.take(format("a b"));
    Format spaced = formats.take(format("a   b"));
    assertThat(spaced).isEqualTo(plain).isNotSameAs(plain);
    assertThat(spaced.filter().expression().text()).isEqualTo("a   b");
  }

  @Test
  void format_goesWithTheLastOfItsViewers() throws FilterException {
    Format first = formats.take(format("timeout"));
    Format second = formats.take(format("timeout"));
    formats.giveBack(first);
    assertThat(formats.size()).isEqualTo(1);
    formats.giveBack(second);
    assertThat(formats.size()).isZero();
    Format later = format("timeout");
    assertThat(formats.take(later)).isSameAs(later);
  }
}
