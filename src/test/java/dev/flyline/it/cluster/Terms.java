package dev.flyline.it.cluster;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/** The latest term in which anybody was seen to own each app. */
final class Terms {

  /** An epoch is {@code <counter>-<node>}. */
  private static final Comparator<String> ORDER =
      Comparator.comparingLong((String epoch) -> Long.parseLong(epoch.split("-", 2)[0]))
          .thenComparing(epoch -> epoch.split("-", 2)[1]);

  private final Map<String, String> latest = new HashMap<>();

  /** Notes the epochs of the apps that a router owns. */
  void note(Map<String, String> epochs) {
    epochs.forEach(
        (app, epoch) ->
            latest.merge(app, epoch, (one, other) -> ORDER.compare(one, other) < 0 ? other : one));
  }

  /** Whether {@code epoch} is a later term of the app than any that was noted. */
  boolean isLater(String app, String epoch) {
    String noted = latest.get(app);
    return noted == null || ORDER.compare(noted, epoch) < 0;
  }

  @Override
  public String toString() {
    return latest.toString();
  }
}
