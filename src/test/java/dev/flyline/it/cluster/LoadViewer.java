package dev.flyline.it.cluster;

import dev.flyline.it.Ask;
import dev.flyline.it.Deadline;
import dev.flyline.it.LogClient;
import dev.flyline.it.Seen;
import dev.flyline.it.Tokens;
import dev.flyline.it.Transport;
import dev.flyline.log.Position;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * A client as it should be: whatever happens to its stream, it comes back with its last position,
 * at the next router in turn, until it is closed.
 *
 * <p>Its thread is a virtual one; other threads read the volatile fields, and the journal when the
 * viewer is closed.
 */
final class LoadViewer {

  private static final List<Transport> FORMS =
      List.of(Transport.FLYLINE_V1, Transport.SSE, Transport.ENVELOPE);
  private static final Duration LOOK_UP = Duration.ofMillis(500);
  private static final long WANDER_NS = TimeUnit.SECONDS.toNanos(5);
  private static final long REST_NS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int DRAINING = 503;

  private final int number;
  private final String app;
  private final String token;
  private final Plan plan;
  private final Publisher publisher;
  private final List<InetSocketAddress> routers;
  private final Semaphore handshakes;
  private final Transport form;
  private final boolean wanders;
  private final Journal journal = new Journal();
  private final AtomicLongArray last; // by machine: the highest line seen
  private final Thread thread;

  private int router;
  private Optional<Position> at = Optional.empty();
  private volatile boolean closed;
  private volatile boolean greeted;
  private volatile Stretch stretch = new Stretch();
  private volatile long lastLineNs;

  /** What happened to the viewer since some moment. */
  static final class Stretch {
    private final AtomicInteger moves = new AtomicInteger();
    private final AtomicLong silenceNs = new AtomicLong();

    /** How often it opened a stream anew. */
    int moves() {
      return moves.get();
    }

    long silenceMs() {
      return TimeUnit.NANOSECONDS.toMillis(silenceNs.get());
    }
  }

  /**
   * Makes a viewer; {@link #start} opens it.
   *
   * @param handshakes bounds how many viewers open a stream at the same time
   */
  LoadViewer(
      int number,
      Plan plan,
      Publisher publisher,
      List<InetSocketAddress> routers,
      Semaphore handshakes) {
    this.handshakes = handshakes;
    this.number = number;
    this.plan = plan;
    this.publisher = publisher;
    this.routers = routers;
    app = plan.app(number % plan.apps());
    token = Tokens.of(app);
    // So that the viewers of one app are at different routers and of different forms.
    int round = number / plan.apps();
    router = (number + round) % routers.size();
    form = FORMS.get((number / routers.size() + round) % FORMS.size());
    wanders = plan.wanderers() > 0 && number % plan.wanderers() == 0;
    last = new AtomicLongArray(plan.machines());
    thread = Thread.ofVirtual().name("viewer-" + number).unstarted(this::run);
  }

  /** Lets the viewer begin at this one of the routers, and not at its own in turn. */
  void beginAt(int index) {
    router = index;
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!closed) {
        try (LogClient opened = open()) {
          follow(opened);
        } catch (LogClient.Refused refusal) {
          refused(refusal);
        } catch (IOException _) {
          // dead, frozen or broken: the next one
        }
        if (!closed) {
          move();
        }
      }
    } catch (AssertionError | RuntimeException e) { // what was sent makes no sense
      journal.problem(this + " ended: " + e);
    }
  }

  private LogClient open() throws IOException {
    handshakes.acquireUninterruptibly();
    try {
      return LogClient.open(routers.get(router), ask(), Deadline.in(plan.patience()));
    } finally {
      handshakes.release();
    }
  }

  private Ask ask() {
    Ask ask = Ask.app(app, form).token(token);
    if (at.isEmpty()) {
      return ask.with("tail", 0);
    }
    String position = at.get().toString();
    return form == Transport.SSE
        ? ask.header("Last-Event-ID: " + position)
        : ask.with("since", position);
  }

  /** Only a router on its way out may refuse; the client goes elsewhere. */
  private void refused(LogClient.Refused refusal) {
    if (refusal.status() != DRAINING) {
      journal.problem(this + " was refused: " + refusal.getMessage());
    }
  }

  private void move() {
    int moves = stretch.moves.getAndIncrement();
    router += 1 + (number + moves) % Math.max(1, routers.size() - 1);
    router %= routers.size();
    LockSupport.parkNanos(REST_NS);
  }

  /** Reads until the stream ends, hangs, or it is time to wander. */
  private void follow(LogClient opened) throws IOException {
    long openedNs = System.nanoTime();
    while (!closed) {
      try {
        for (Seen seen : opened.read(Deadline.in(LOOK_UP))) {
          if (isEnd(opened, seen)) {
            return;
          }
        }
      } catch (SocketTimeoutException _) {
        if (isHanging(openedNs)) {
          return;
        }
      }
      if (wanders && publisher.isRunning() && System.nanoTime() - openedNs > WANDER_NS) {
        return;
      }
    }
  }

  private boolean isHanging(long openedNs) {
    long sinceNs = Math.max(openedNs, Math.max(lastLineNs, publisher.sinceNs()));
    return publisher.isRunning() && System.nanoTime() - sinceNs > plan.patience().toNanos();
  }

  private boolean isEnd(LogClient opened, Seen seen) {
    switch (seen) {
      case Seen.Hello hello -> {
        journal.begin(hello.at());
        at = Optional.of(at.orElse(hello.at()));
        greeted = true;
      }
      case Seen.Line line -> line(line);
      case Seen.Hole hole -> hole(opened, hole);
      case Seen.Bye bye -> {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(bye.afterMs().orElse(0)));
        return true;
      }
      case Seen.End _ -> {
        return true;
      }
      case Seen.Ping _, Seen.Pong _, Seen.Notice _, Seen.Expiring _ -> {}
    }
    return false;
  }

  private void line(Seen.Line line) {
    long nowNs = System.nanoTime();
    Position position = line.at().orElseThrow();
    at = Optional.of(position);
    String[] words = line.message().split(" ", 4);
    if (!words[0].equals(app)) {
      journal.problem(this + " got a line of another app: " + line.message());
      return;
    }
    int machine = Integer.parseInt(words[1]);
    long n = Long.parseLong(words[2]);
    journal.line(position, machine, n);
    last.accumulateAndGet(machine, n, Math::max);
    heard(nowNs);
  }

  private void heard(long nowNs) {
    long silenceNs = nowNs - Math.max(lastLineNs, publisher.sinceNs());
    stretch.silenceNs.accumulateAndGet(silenceNs, Math::max);
    lastLineNs = nowNs;
  }

  /** A browser decides itself what it comes back with; the other forms' clients do it here. */
  private void hole(LogClient opened, Seen.Hole hole) {
    Seen.Range range = hole.range().orElseThrow();
    journal.gap(new Journal.Gap(range.from(), range.to(), hole.count(), hole.cause()));
    boolean passedMark =
        range.from().equals(range.to()) && at.filter(p -> p.seq() >= range.to().seq()).isPresent();
    if (form == Transport.SSE) {
      at = opened.lastPosition().or(() -> at);
    } else if (!passedMark) {
      at = Optional.of(range.to());
    }
  }

  /** Ends the viewer; what it got can be read then. */
  void close() {
    closed = true;
    thread.interrupt(); // closes the socket it reads, and wakes it where it waits
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Begins another stretch of time and returns the one before. */
  Stretch nextStretch() {
    Stretch before = stretch;
    stretch = new Stretch();
    return before;
  }

  Stretch stretch() {
    return stretch;
  }

  /** Whether a router has told it where it begins. */
  boolean isGreeted() {
    return greeted;
  }

  /** Whether the viewer has got a line after those that are counted here, of every machine. */
  boolean isPast(long[] counts) {
    for (int m = 0; m < counts.length; m++) {
      if (last.get(m) <= counts[m]) {
        return false;
      }
    }
    return true;
  }

  /** Whether the viewer has got the last of these lines of every machine. */
  boolean has(long[] counts) {
    for (int m = 0; m < counts.length; m++) {
      if (last.get(m) < counts[m]) {
        return false;
      }
    }
    return true;
  }

  /** The index of the viewer's app. */
  int appIndex() {
    return number % plan.apps();
  }

  boolean wanders() {
    return wanders;
  }

  Findings check() {
    return Checker.check(toString(), journal, publisher.of(appIndex()));
  }

  @Override
  public String toString() {
    return "viewer " + number + " (" + app + ", " + form + ')';
  }
}
