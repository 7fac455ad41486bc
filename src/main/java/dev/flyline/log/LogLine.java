package dev.flyline.log;

/**
 * One NATS message of an app's log. The payload is as it came, or cut to the line limit; nobody
 * writes to it.
 *
 * @param region where the machine runs, as the subject says
 * @param machine the machine's id, as the subject says
 * @param payload the message's bytes; usually, but not surely, a JSON object in UTF-8
 */
@SuppressWarnings(
    "ArrayRecordComponent") // a line is never compared; a copy of each would cost more
public record LogLine(String region, String machine, byte[] payload, long arrivedMs)
    implements Entry {

  /** Object headers, references and the share of a batch that a line costs beside its payload. */
  private static final int OVERHEAD = 80;

  @Override
  public int bytes() {
    return payload.length + OVERHEAD;
  }
}
