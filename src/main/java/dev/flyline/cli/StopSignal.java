package dev.flyline.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** The wish that a command should end, which a command that runs long waits for. */
interface StopSignal {

  /** From here on a wish waits for the command to end, for {@code patience} at most. */
  void listen(Duration patience);

  /** Counted down when the command should end, by this signal or by whoever knows that it must. */
  CountDownLatch asked();
}
