package dev.flyline.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/**
 * Carries batches over the event bus: within a router, which is all it is used for, the object
 * itself; between routers the bytes of {@link BatchFormat}.
 */
public final class LogBatchCodec implements MessageCodec<LogBatch, LogBatch> {

  /** The codec's name on the bus. */
  public static final String NAME = "flyline.batch";

  @Override
  public void encodeToWire(Buffer buffer, LogBatch batch) {
    var out = new WireWriter(BatchFormat.capacity(batch));
    BatchFormat.write(out, batch);
    out.copyTo(buffer);
  }

  @Override
  public LogBatch decodeFromWire(int pos, Buffer buffer) {
    return BatchFormat.read(new WireReader(buffer.getBytes(), pos, buffer.length(), Names.few()));
  }

  @Override
  public LogBatch transform(LogBatch batch) {
    return batch;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
