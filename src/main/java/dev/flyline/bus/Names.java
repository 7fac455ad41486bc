package dev.flyline.bus;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.flyline.log.AppName;
import dev.flyline.log.LogSubject;
import dev.flyline.log.Position;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Names that other routers' messages bore lately, each checked and made once: every line that a
 * standby keeps shares them with the lines before it, which is half of what a line of a quiet app
 * would hold of the heap.
 *
 * <p>Each kind has a table with one place for all names of a hash; who comes last has it, so the
 * tables are bounded whatever comes. Belongs to one thread.
 */
public final class Names {

  /** More than the apps or machines of most routers; what has no place is only made anew. */
  private static final int MANY = 1 << 14;

  /** Terms and routers are few. */
  private static final int FEW = 1 << 10;

  private static final int MAX_DIGITS = 18;

  private final Table<AppName> apps;
  private final Table<String> epochs;
  private final Table<String> nodes;
  private final Table<String> places;

  private Names(int many, int few) {
    apps = new Table<>(many, AppName::new);
    epochs = new Table<>(few, Names::checkedEpoch);
    nodes = new Table<>(few, Names::checkedNode);
    places = new Table<>(many, Names::checkedPlace);
  }

  /** Remembers the names of some ten thousand apps and machines; at most some 4 MB. */
  public Names() {
    this(MANY, FEW);
  }

  /** For a few messages. */
  static Names few() {
    return new Names(1, 1);
  }

  AppName app(byte[] source, int from, int to) {
    return apps.get(source, from, to);
  }

  /** The epoch of a term. */
  String epoch(byte[] source, int from, int to) {
    return epochs.get(source, from, to);
  }

  /** A router's name. */
  String node(byte[] source, int from, int to) {
    return nodes.get(source, from, to);
  }

  /** A region's name or a machine's id. */
  String place(byte[] source, int from, int to) {
    return places.get(source, from, to);
  }

  private static String checkedEpoch(String text) {
    int dash = text.indexOf('-');
    boolean counts = dash > 0 && dash <= MAX_DIGITS && text.charAt(0) != '0';
    for (int i = 0; counts && i < dash; i++) {
      counts = text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    if (!counts || !Position.isEpoch(text)) {
      throw new IllegalArgumentException("epoch: must be <counter>-<node>");
    }
    return text;
  }

  private static String checkedNode(String text) {
    if (!Position.isEpoch(text)) { // it is to stand in one
      throw new IllegalArgumentException("node: must match [0-9a-z-] and be short");
    }
    return text;
  }

  private static String checkedPlace(String text) {
    if (!LogSubject.isName(text)) {
      throw new IllegalArgumentException("region or machine: not a name");
    }
    return text;
  }

  /** Names of one kind. */
  private static final class Table<T> {
    private final @Nullable Known<T>[] known;
    private final Function<String, T> check; // throws for what is no such name

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    Table(int slots, Function<String, T> check) {
      this.known = new Known[slots];
      this.check = check;
    }

    T get(byte[] source, int from, int to) {
      int slot = slot(source, from, to);
      Known<T> here = known[slot];
      if (here != null && Arrays.equals(here.text, 0, here.text.length, source, from, to)) {
        return here.name;
      }
      T name = check.apply(new String(source, from, to - from, ISO_8859_1));
      known[slot] = new Known<>(Arrays.copyOfRange(source, from, to), name);
      return name;
    }

    private int slot(byte[] source, int from, int to) {
      int hash = 0;
      for (int i = from; i < to; i++) {
        hash = 31 * hash + source[i];
      }
      return (hash ^ (hash >>> 15)) & (known.length - 1);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Known<T>(byte[] text, T name) {}
}
