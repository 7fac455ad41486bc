package dev.flyline.it;

import dev.flyline.log.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * One open stream of a router, the same to a test whatever the transport.
 *
 * <p>It reads only when the test asks it to, on the test's thread.
 */
public final class LogClient implements AutoCloseable {

  private final Wire wire;
  private final HttpHead head;
  private final SeenSource source;
  private final Deque<Seen> pending = new ArrayDeque<>();
  private final List<Seen.Hole> gaps = new ArrayList<>();
  private Optional<Position> lastPosition = Optional.empty();

  LogClient(Wire wire, HttpHead head, SeenSource source) {
    this.wire = wire;
    this.head = head;
    this.source = source;
  }

  /** A request that was answered and opened no stream. */
  public static final class Refused extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;

    private Refused(Ask ask, HttpAnswer answer) {
      super(ask.target() + " got " + answer);
      status = answer.status();
    }

    public int status() {
      return status;
    }
  }

  /** Opens a stream at {@code router}, which answers before the deadline. */
  public static LogClient open(InetSocketAddress router, Ask ask, Deadline deadline)
      throws IOException {
    return open(Wire.connect(router, ask.receiveBytes(), deadline), ask, deadline);
  }

  static LogClient open(Wire wire, Ask ask, Deadline deadline) throws IOException {
    try {
      wire.send(ask.request());
      HttpHead head = HttpHead.read(wire, deadline);
      if (head.status() != (ask.transport().isWebSocket() ? 101 : 200)) {
        throw new Refused(ask, HttpAnswer.read(head, wire, deadline));
      }
      return new LogClient(wire, head, source(ask, wire));
    } catch (IOException e) {
      wire.close();
      throw e;
    }
  }

  private static SeenSource source(Ask ask, Wire wire) {
    if (ask.transport().isWebSocket()) {
      return new WebSocketSource(wire, ask.transport() == Transport.FLYLINE_V1);
    }
    var body = new ChunkedReader(wire);
    return ask.transport() == Transport.SSE
        ? new SseSource(body)
        : new LineSource(body, ask.transport());
  }

  /** The head of the answer that opened the stream. */
  HttpHead head() {
    return head;
  }

  /** Whatever comes next; fails if it does not come soon. */
  Seen see() {
    return see(Deadline.soon());
  }

  Seen see(Duration wait) {
    return see(Deadline.in(wait));
  }

  /**
   * What comes next, all of it that one unit on the wire holds. For a client to which a broken
   * stream is nothing special.
   *
   * @throws java.net.SocketTimeoutException if nothing complete comes before the deadline; a later
   *     call goes on
   */
  public List<Seen> read(Deadline deadline) throws IOException {
    List<Seen> seen = source.read(deadline);
    seen.forEach(this::note);
    return seen;
  }

  private Seen see(Deadline deadline) {
    try {
      while (pending.isEmpty()) {
        pending.addAll(source.read(deadline));
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("nothing came in time; last at " + lastPosition, e);
    } catch (SocketException _) {
      pending.add(new Seen.End(Seen.End.BROKEN));
    } catch (IOException e) {
      throw new AssertionError("the stream is broken", e);
    }
    Seen seen = pending.remove();
    note(seen);
    return seen;
  }

  private void note(Seen seen) {
    switch (seen) {
      case Seen.Line line -> line.at().ifPresent(this::reached);
      case Seen.Hello hello -> reached(hello.at());
      case Seen.Ping ping -> ping.at().ifPresent(this::reached);
      case Seen.Hole hole -> {
        gaps.add(hole);
        hole.range().ifPresent(range -> reached(range.to()));
      }
      case Seen.Pong _, Seen.Notice _, Seen.Expiring _, Seen.Bye _, Seen.End _ -> {}
    }
  }

  /** A mark within a gap already told has an older position, which is not where the client is. */
  private void reached(Position at) {
    boolean older =
        lastPosition.filter(p -> p.epoch().equals(at.epoch()) && p.seq() > at.seq()).isPresent();
    if (!older) {
      lastPosition = Optional.of(at);
    }
  }

  /** The next line. Gaps on the way are kept in {@link #gaps}; the end fails the test. */
  Seen.Line next() {
    return next(Deadline.soon());
  }

  Seen.Line next(Duration wait) {
    return next(Deadline.in(wait));
  }

  private Seen.Line next(Deadline deadline) {
    while (true) {
      Seen seen = see(deadline);
      if (seen instanceof Seen.Line line) {
        return line;
      }
      if (seen instanceof Seen.Bye || seen instanceof Seen.End) {
        throw new AssertionError("a line was expected, and came: " + seen);
      }
    }
  }

  /** The messages of the next {@code count} lines. */
  List<String> messages(int count) {
    return lines(count).stream().map(Seen.Line::message).toList();
  }

  List<Seen.Line> lines(int count) {
    var lines = new ArrayList<Seen.Line>(count);
    for (int i = 0; i < count; i++) {
      lines.add(next());
    }
    return lines;
  }

  /** The next thing of a kind; what comes before it is passed by. */
  <T extends Seen> T await(Class<T> kind) {
    return await(kind, Deadline.SOON);
  }

  <T extends Seen> T await(Class<T> kind, Duration wait) {
    var deadline = Deadline.in(wait);
    while (true) {
      Seen seen = see(deadline);
      if (kind.isInstance(seen)) {
        return kind.cast(seen);
      }
      if (seen instanceof Seen.End) {
        throw new AssertionError(kind.getSimpleName() + " was expected, and came: " + seen);
      }
    }
  }

  /** Everything up to the end and the end itself, which must come soon. */
  List<Seen> rest() {
    var rest = new ArrayList<Seen>();
    var deadline = Deadline.soon();
    do {
      rest.add(see(deadline));
    } while (!(rest.getLast() instanceof Seen.End));
    return rest;
  }

  /** The gaps and marks seen so far. */
  List<Seen.Hole> gaps() {
    return gaps;
  }

  /** The position to come back with; what a browser would send, if this is SSE. */
  public Optional<Position> lastPosition() {
    return source instanceof SseSource sse ? SseSource.position(sse.lastEventId()) : lastPosition;
  }

  /** The stream as server-sent events. */
  SseSource sse() {
    return (SseSource) source;
  }

  /** The stream as a WebSocket, for what a test sends on it. */
  WebSocketSource webSocket() {
    return (WebSocketSource) source;
  }

  /** Sends text on a WebSocket. */
  void send(String text) {
    try {
      webSocket().sendText(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The connection itself, for a test that reads or writes bytes. */
  Wire wire() {
    return wire;
  }

  /** Drops the connection with a reset. */
  void cut() {
    wire.cut();
  }

  @Override
  public void close() {
    wire.close();
  }
}
