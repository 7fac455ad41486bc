package dev.flyline.filter;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.jspecify.annotations.Nullable;

/** What the members of a JSON object say of the level. Used anew for each object. */
final class JsonLevel {

  private static final byte[] LOG = "log".getBytes(US_ASCII);
  private static final byte[] LVL = "lvl".getBytes(US_ASCII);
  private static final byte[] LEVEL = "level".getBytes(US_ASCII);
  private static final byte[] SEVERITY = "severity".getBytes(US_ASCII);
  private static final byte[] LOG_LEVEL = "log.level".getBytes(US_ASCII);

  private final JsonMembers inner = new JsonMembers();
  private @Nullable Level ofLog; // log.level, if that names a level
  private @Nullable Level own; // level, lvl or severity, if that names a level

  void clear() {
    ofLog = null;
    own = null;
  }

  /** Looks at the member that {@code members} has come to. */
  void look(JsonMembers members) {
    switch (members.nameLength()) {
      case 3 -> {
        if (members.isNamed(LOG, 0)) {
          lookInside(members);
        } else if (members.isNamed(LVL, 0)) {
          own = or(own, members);
        }
      }
      case 5 -> own = members.isNamed(LEVEL, 0) ? or(own, members) : own;
      case 8 -> own = members.isNamed(SEVERITY, 0) ? or(own, members) : own;
      case 9 -> ofLog = members.isNamed(LOG_LEVEL, 0) ? or(ofLog, members) : ofLog;
      default -> {}
    }
  }

  private void lookInside(JsonMembers members) {
    inner.over(members.json(), members.valueFrom(), members.valueTo());
    while (inner.next()) {
      if (inner.isNamed(LEVEL, 0)) {
        ofLog = or(ofLog, inner);
      }
    }
  }

  private static @Nullable Level or(@Nullable Level before, JsonMembers members) {
    byte[] json = members.json();
    int from = members.valueFrom();
    int to = members.valueTo();
    Level level;
    if (json[from] == '"') {
      level =
          to - from - 2 > Level.MAX_WORD
              ? null
              : Level.named(new String(json, from + 1, to - from - 2, US_ASCII));
    } else {
      Num number = Num.parse(new String(json, from, Math.min(to - from, 8), US_ASCII));
      level = number == null ? null : Level.numbered(number.approximate());
    }
    return level == null ? before : level;
  }

  /** The level that {@code log.level} names; null if it names none. */
  @Nullable Level ofLog() {
    return ofLog;
  }

  /** The level that {@code level}, {@code lvl} or {@code severity} name; null if they name none. */
  @Nullable Level own() {
    return own;
  }

  /** The level that any of them names; null if none does. */
  @Nullable Level any() {
    return own == null ? ofLog : own;
  }
}
