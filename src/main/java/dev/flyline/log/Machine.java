package dev.flyline.log;

import org.jspecify.annotations.Nullable;

/** A machine of an app, as the subjects of its lines name it. */
public record Machine(String region, String id) {

  /** The machine that wrote {@code line}. */
  public static Machine of(LogLine line) {
    return new Machine(line.region(), line.machine());
  }

  /** Whether this machine wrote {@code line}. */
  public boolean wrote(LogLine line) {
    return id.equals(line.machine()) && region.equals(line.region());
  }

  /** Compared for each line, so without a record's method handles, and ids first: those differ. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Machine that && id.equals(that.id) && region.equals(that.region);
  }

  @Override
  public int hashCode() {
    return 31 * id.hashCode() + region.hashCode();
  }
}
