package dev.flyline.replica;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Ask, wait, ask again or another. */
final class InquiryTest {

  private static final int PATIENCE = 3;

  private final Inquiry inquiry = new Inquiry(PATIENCE);

  @Test
  void newOne_asksNobody_andIsNotOverdueYet() {
    assertThat(inquiry.isOpen()).isFalse();
    assertThat(inquiry.asked()).isEmpty();
    assertThat(inquiry.isTo("")).isFalse();
    tick(PATIENCE - 1, false);
    assertThat(inquiry.tick()).isTrue();
  }

  @Test
  void question_isToTheOneThatIsAsked() {
    inquiry.ask("b");

    assertThat(inquiry.isOpen()).isTrue();
    assertThat(inquiry.asked()).isEqualTo("b");
    assertThat(inquiry.isTo("b")).isTrue();
    assertThat(inquiry.isTo("c")).isFalse();
  }

  @Test
  void question_isOverdueAfterItsPatience_andStaysOpen() {
    inquiry.ask("b");

    tick(PATIENCE - 1, false);
    tick(2, true);

    assertThat(inquiry.isTo("b")).as("a late answer is one").isTrue();
  }

  @Test
  void nextQuestion_beginsTheTimeAnew() {
    inquiry.ask("b");
    tick(PATIENCE - 1, false);

    inquiry.ask("c");

    assertThat(inquiry.isTo("b")).isFalse();
    assertThat(inquiry.isTo("c")).isTrue();
    tick(PATIENCE - 1, false);
    assertThat(inquiry.tick()).isTrue();
  }

  @Test
  void answer_doesNotStopTheTime() {
    inquiry.ask("b");
    tick(1, false);

    inquiry.close();

    assertThat(inquiry.isOpen()).isFalse();
    assertThat(inquiry.isTo("b")).isFalse();
    tick(PATIENCE - 2, false);
    assertThat(inquiry.tick()).isTrue();
  }

  @Test
  void pause_asksNobodyForAsLongAsAnAnswerMayTake() {
    inquiry.ask("b");
    tick(PATIENCE - 1, false);
    tick(1, true);

    inquiry.pause();

    assertThat(inquiry.isOpen()).isFalse();
    tick(PATIENCE - 1, false);
    assertThat(inquiry.tick()).isTrue();
  }

  private void tick(int times, boolean overdue) {
    for (int i = 0; i < times; i++) {
      assertThat(inquiry.tick()).isEqualTo(overdue);
    }
  }
}
