package dev.flyline.it;

import java.io.IOException;
import java.util.List;

/** One wire format as a client reads it. */
interface SeenSource {

  /**
   * What comes next; several things if the wire holds them as one, none if what came means nothing
   * by itself. The last is a {@link Seen.End}.
   *
   * @throws java.net.SocketTimeoutException if nothing complete comes before the deadline
   */
  List<Seen> read(Deadline deadline) throws IOException;
}
