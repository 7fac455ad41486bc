package dev.flyline.ingest.nats;

import dev.flyline.log.AppName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which subscriptions NATS has refused, or taken away, and when each is to be tried again.
 *
 * <p>A server says {@code -ERR 'Permissions Violation for Subscription to "logs.shop.>"'}, which
 * names the subject, or {@code -ERR 'maximum subscriptions exceeded'}, which does not. It works in
 * order, so of the subscriptions sent since it last answered a ping the last ones are meant. Where
 * that is not certain, every one that may be meant is a suspect: it is tried anew, which tells.
 *
 * <p>Belongs to the control thread of {@link NatsSource}; {@link #complain} is for the thread that
 * reads the connection.
 */
final class RefusedSubscriptions {

  private static final Pattern NAMED =
      Pattern.compile("permissions violation for subscription to \"logs\\.([^\".]+)\\.>\"");
  private static final String LIMIT = "maximum subscriptions exceeded";

  /** Complaints that are kept until they are heeded; more are all about the same. */
  private static final int COMPLAINTS = 100_000;

  private static final long FIRST_MS = 1_000;
  private static final long LONGEST_MS = 60_000;

  private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger(); // complaints
  private final Set<AppName> asked = new LinkedHashSet<>(); // since NATS last answered, in order
  private boolean mixed; // the order is not known, or some were given up, which makes room
  private int unnamed; // refusals of some of those asked
  private final Map<AppName, Attempt> refused = new LinkedHashMap<>();
  private final Map<AppName, Attempt> trying = new HashMap<>(); // asked again; NATS has to answer

  /** How often an app was refused, and when to try again; a suspect was not refused yet. */
  private record Attempt(int times, long dueMs) {

    Attempt again(long nowMs) {
      long waitMs = Math.min(LONGEST_MS, FIRST_MS << Math.min(10, times));
      return new Attempt(times + 1, nowMs + waitMs);
    }

    boolean isKnown() {
      return times > 0;
    }
  }

  /**
   * What NATS has answered.
   *
   * @param refused apps whose subscriptions it has refused, and had not before
   * @param accepted apps that it refused before
   * @param tried apps that were asked for again and are read now: those accepted, and suspects
   */
  record Answer(List<AppName> refused, List<AppName> accepted, List<AppName> tried) {}

  // ---- what NATS says ----

  /** NATS says {@code -ERR}; whether that may be about a subscription. */
  boolean complain(String text) {
    if (!isAboutSubscription(text)) {
      return false;
    }
    if (waiting.incrementAndGet() <= COMPLAINTS) {
      complaints.add(text.toLowerCase(Locale.ROOT));
    }
    return true;
  }

  /** Whether {@code text}, a complaint of NATS, says that a subscription was refused. */
  static boolean isAboutSubscription(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.contains(LIMIT) || NAMED.matcher(lower).find();
  }

  /**
   * Looks at what NATS has complained of.
   *
   * @param wanted all apps that are subscribed
   * @param answered whether NATS has answered a ping that was sent after all that was asked
   */
  Answer settle(Collection<AppName> wanted, boolean answered, long nowMs) {
    var news = new ArrayList<AppName>();
    for (String text = complaints.poll(); text != null; text = complaints.poll()) {
      waiting.decrementAndGet();
      Matcher named = NAMED.matcher(text);
      if (named.find()) {
        AppName.parse(named.group(1))
            .filter(wanted::contains)
            .ifPresent(app -> refuse(app, nowMs, news));
      } else {
        unnamed++;
      }
    }
    if (!answered) {
      return new Answer(news, List.of(), List.of());
    }
    blame(wanted, nowMs, news);
    trying.keySet().retainAll(wanted);
    List<AppName> tried = List.copyOf(trying.keySet());
    List<AppName> accepted =
        trying.entrySet().stream()
            .filter(entry -> entry.getValue().isKnown())
            .map(Map.Entry::getKey)
            .toList();
    trying.clear();
    asked.clear();
    mixed = false;
    unnamed = 0;
    return new Answer(news, accepted, tried);
  }

  private void blame(Collection<AppName> wanted, long nowMs, Collection<AppName> news) {
    if (unnamed == 0) {
      return;
    }
    List<AppName> open = asked.stream().filter(app -> !refused.containsKey(app)).toList();
    if (unnamed <= open.size() && (!mixed || unnamed == open.size())) {
      open.subList(open.size() - unnamed, open.size()).forEach(app -> refuse(app, nowMs, news));
    } else {
      for (AppName app : unnamed <= open.size() ? open : wanted) {
        Attempt had = trying.remove(app);
        refused.putIfAbsent(app, had != null ? had : new Attempt(0, nowMs));
      }
    }
  }

  private void refuse(AppName app, long nowMs, Collection<AppName> news) {
    Attempt had = trying.remove(app);
    if (had == null) {
      had = refused.getOrDefault(app, new Attempt(0, nowMs));
    }
    refused.put(app, had.again(nowMs));
    if (!had.isKnown()) {
      news.add(app);
    }
  }

  // ---- what is asked ----

  /** A subscription to {@code app} has been sent. */
  void asked(AppName app) {
    asked.add(app);
  }

  /** {@code app} is not wanted any more; whether it was refused. */
  boolean forget(AppName app) {
    mixed |= !asked.isEmpty();
    asked.remove(app);
    Attempt had = trying.remove(app);
    Attempt waited = refused.remove(app);
    return (had != null && had.isKnown()) || (waited != null && waited.isKnown());
  }

  /** The connection is lost: all {@code wanted} will be asked for again, in whatever order. */
  void lost(Collection<AppName> wanted) {
    trying.putAll(refused);
    refused.clear();
    asked.addAll(wanted);
    mixed = true;
  }

  /** Those whose turn it is to be tried again, at most {@code most}; they count as asked. */
  List<AppName> retry(long nowMs, int most) {
    List<AppName> due =
        refused.entrySet().stream()
            .filter(entry -> entry.getValue().dueMs <= nowMs)
            .map(Map.Entry::getKey)
            .limit(most)
            .toList();
    for (AppName app : due) {
      Attempt had = refused.remove(app);
      if (had != null) {
        trying.put(app, had);
      }
      asked.remove(app); // it is asked after all others
      asked.add(app);
    }
    return due;
  }

  /** How many apps are refused now. */
  int size() {
    return (int) refused.values().stream().filter(Attempt::isKnown).count()
        + (int) trying.values().stream().filter(Attempt::isKnown).count();
  }

  /** Whether some have to be tried again, or have been and NATS has not answered. */
  boolean isDue() {
    return !refused.isEmpty() || !trying.isEmpty();
  }
}
