package dev.flyline.it.cluster;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * A network interface of Linux whose other end is this process: packets that the kernel sends there
 * are read here, and what is written here arrives there. Used by one thread at a time.
 */
final class Tun implements AutoCloseable {

  /** More than an interface's MTU. */
  private static final int MAX_PACKET = 65_536;

  private static final int OPEN_READ_WRITE_NONBLOCK = 2 | 0x800;
  private static final long SET_INTERFACE = 0x400454caL;
  private static final short PACKETS_WITHOUT_HEADER = 0x0001 | 0x1000;
  private static final int INTERFACE_REQUEST_BYTES = 40;
  private static final int FLAGS_OFFSET = 16;
  private static final int POLL_BYTES = 8;
  private static final short POLL_IN = 1;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;

  private static final MethodHandle OPEN =
      function("open", FunctionDescriptor.of(INT, POINTER, INT), Linker.Option.firstVariadicArg(2));
  private static final MethodHandle IOCTL =
      function(
          "ioctl",
          FunctionDescriptor.of(INT, INT, LONG, POINTER),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle READ =
      function("read", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
  private static final MethodHandle WRITE =
      function("write", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
  private static final MethodHandle POLL =
      function("poll", FunctionDescriptor.of(INT, POINTER, LONG, INT));
  private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(INT, INT));

  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer = arena.allocate(MAX_PACKET);
  private final int descriptor;

  /** Makes an interface of this name in the process's own network namespace. */
  Tun(String name) {
    MemorySegment request = arena.allocate(INTERFACE_REQUEST_BYTES);
    request.setString(0, name);
    request.set(ValueLayout.JAVA_SHORT, FLAGS_OFFSET, PACKETS_WITHOUT_HEADER);
    try {
      descriptor =
          (int) OPEN.invokeExact(arena.allocateFrom("/dev/net/tun"), OPEN_READ_WRITE_NONBLOCK);
      if (descriptor < 0 || (int) IOCTL.invokeExact(descriptor, SET_INTERFACE, request) < 0) {
        throw new IllegalStateException("cannot make the interface " + name);
      }
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  @SuppressWarnings("restricted") // that is the point
  private static MethodHandle function(
      String name, FunctionDescriptor type, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, options);
  }

  private static IllegalStateException failed(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof IllegalStateException known ? known : new IllegalStateException(e);
  }

  /** Waits until one of these has a packet to read, at most so long. */
  static void await(List<Tun> tuns, int millis) {
    try (var arena = Arena.ofConfined()) {
      MemorySegment polls = arena.allocate((long) POLL_BYTES * tuns.size(), Integer.BYTES);
      for (int i = 0; i < tuns.size(); i++) {
        polls.set(INT, (long) POLL_BYTES * i, tuns.get(i).descriptor);
        polls.set(ValueLayout.JAVA_SHORT, (long) POLL_BYTES * i + Integer.BYTES, POLL_IN);
      }
      int _ = (int) POLL.invokeExact(polls, (long) tuns.size(), millis);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /** The next packet; an empty array if there is none now. */
  byte[] read() {
    try {
      long count = (long) READ.invokeExact(descriptor, buffer, (long) MAX_PACKET);
      return count <= 0 ? new byte[0] : buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /** Delivers a packet; it is lost if the interface takes none now, as on any network. */
  void write(byte[] packet) {
    MemorySegment.copy(packet, 0, buffer, ValueLayout.JAVA_BYTE, 0, packet.length);
    try {
      long _ = (long) WRITE.invokeExact(descriptor, buffer, (long) packet.length);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /** The interface is gone with this. */
  @Override
  public void close() {
    try {
      int _ = (int) CLOSE.invokeExact(descriptor);
    } catch (Throwable e) {
      throw failed(e);
    }
    arena.close();
  }
}
