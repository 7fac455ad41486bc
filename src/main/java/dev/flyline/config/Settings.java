package dev.flyline.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The values that flags, environment and properties file give, in this order of precedence.
 *
 * <p>Each feature's config record asks for its own settings, and with that names and explains them;
 * what was asked for is what is known. A bad value is kept as a problem and answered with the
 * default, so that {@link #check} can tell all problems at once. Used by one thread, at the start.
 */
public final class Settings {

  /** Names the properties file; a flag and a variable, but no line of that file. */
  public static final String CONFIG_FILE = "config";

  /** What the CLI client reads from the environment beside the router's settings. */
  private static final Set<String> CLIENT_VARIABLES = Set.of("url", "token", CONFIG_FILE);

  /** Ends the key of the setting that names a secret's file. */
  private static final String FILE_SUFFIX = ".file";

  private static final int MAX_SECRET_FILE_BYTES = 64 * 1024;

  private final List<Layer> layers;
  private final Map<String, Setting> known = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();

  private Settings(List<Layer> layers, List<String> problems) {
    this.layers = layers;
    this.problems.addAll(problems);
  }

  /** Settings of {@code values} alone, by dotted key. */
  public static Settings of(Map<String, String> values) {
    return new Settings(List.of(new Layer(Source.FILE, values)), List.of());
  }

  /**
   * Settings of {@code flags}, by dotted key, of the variables in {@code environment}, and of the
   * properties file that one of them names as {@code config}.
   */
  public static Settings load(Map<String, String> flags, Map<String, String> environment) {
    var layers = new ArrayList<Layer>();
    var problems = new ArrayList<String>();
    layers.add(new Layer(Source.FLAG, flags));
    layers.add(Layer.ofEnvironment(environment));
    layers.stream()
        .filter(layer -> layer.values().containsKey(CONFIG_FILE))
        .findFirst()
        .ifPresent(
            layer -> {
              String file = layer.values().get(CONFIG_FILE);
              try {
                layers.add(Layer.ofFile(Path.of(file)));
              } catch (IOException | IllegalArgumentException _) {
                problems.add(layer.source().spell(CONFIG_FILE) + ": cannot read " + file);
              }
            });
    return new Settings(List.copyOf(layers), problems);
  }

  /** Variables in {@code environment} that look like settings and were set by an orchestrator. */
  public static Set<String> passedOver(Map<String, String> environment) {
    return Injected.of(environment);
  }

  /** A text. */
  public String text(String key, String def, String help) {
    return read(new Question(key, def, "", help), Optional::of, def);
  }

  /** A text that need not be given. */
  public Optional<String> optionalText(String key, String help) {
    return find(new Question(key, "", "", help), Optional::of);
  }

  /** A path that need not be given. */
  public Optional<Path> file(String key, String help) {
    return find(new Question(key, "", "the path of a readable file", help), Settings::readable);
  }

  /** A whole number. */
  public int integer(String key, int def, int min, int max, String help) {
    var question = new Question(key, Integer.toString(def), min + " to " + max, help);
    return read(question, text -> parseInteger(text, min, max), def);
  }

  /** A size in bytes: {@code 8 MiB}, {@code 64KiB}, {@code 1048576}, {@code 25 %} of the heap. */
  public long bytes(String key, String def, long min, long max, String help) {
    long heap = Runtime.getRuntime().maxMemory();
    var question =
        new Question(key, def, Quantity.ofBytes(min) + " to " + Quantity.ofBytes(max), help);
    return read(
        question,
        text -> boxed(Quantity.bytes(text, heap)).filter(n -> n >= min && n <= max),
        Quantity.bytes(def, heap).orElseThrow());
  }

  /** A time: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 1h}, {@code 7d}. */
  public Duration duration(String key, String def, Duration min, Duration max, String help) {
    var question =
        new Question(key, def, Quantity.ofDuration(min) + " to " + Quantity.ofDuration(max), help);
    return read(
        question,
        text ->
            Quantity.duration(text)
                .filter(time -> time.compareTo(min) >= 0 && time.compareTo(max) <= 0),
        Quantity.duration(def).orElseThrow());
  }

  /** Texts between commas; blank ones are left out. */
  public List<String> list(String key, String def, String help) {
    Function<String, List<String>> split =
        text -> Stream.of(text.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
    return read(
        new Question(key, def, "", help), text -> Optional.of(split.apply(text)), split.apply(def));
  }

  /** A secret, given as {@code key} or as the path {@code key.file} of a file that holds it. */
  public Optional<Secret> secret(String key, String help) {
    String fileKey = key + FILE_SUFFIX;
    know(new Question(key, "", "", help), true);
    know(new Question(fileKey, "", "the path of a readable file", "file that holds " + key), false);
    int plain = rankOf(key);
    int file = rankOf(fileKey);
    if (plain == file && plain < layers.size()) {
      problem(key, "given twice, also as " + layers.get(file).source().spell(fileKey));
      return Optional.empty();
    }
    return plain < file
        ? valueOf(key).map(Secret::new)
        : valueOf(fileKey).flatMap(path -> secretIn(path, fileKey));
  }

  /** Keeps a problem of the setting {@code key} for {@link #check}. */
  public void problem(String key, String message) {
    boolean isInFile = valueOf(key).isEmpty() && valueOf(key + FILE_SUFFIX).isPresent();
    String given = isInFile ? key + FILE_SUFFIX : key; // of a secret
    Source source = sourceOf(given);
    String name =
        source == Source.DEFAULT
            ? key + " (" + Source.ENVIRONMENT.spell(key) + ")"
            : source.spell(given);
    problems.add(name + ": " + message);
  }

  /** Throws a {@link ConfigException} if there is any problem or any name that nobody knows. */
  public void check() {
    var all = new ArrayList<>(problems);
    for (Layer layer : layers) {
      layer.values().keySet().stream()
          .filter(key -> !isKnown(key, layer.source()))
          .map(key -> layer.source().spell(key) + ": " + whyRefused(key, layer.source()))
          .forEach(all::add);
    }
    if (!all.isEmpty()) {
      throw new ConfigException(all.stream().distinct().toList());
    }
  }

  /** Every setting that was asked for, by key, with the value that holds. */
  public Collection<Setting> known() {
    return List.copyOf(known.values());
  }

  private boolean isKnown(String key, Source source) {
    return known.containsKey(key)
        || (source == Source.ENVIRONMENT && CLIENT_VARIABLES.contains(key))
        || (source == Source.FLAG && key.equals(CONFIG_FILE));
  }

  private String whyRefused(String key, Source source) {
    if (Later.has(key)) {
      return "this version does not have this setting yet";
    }
    return Nearest.to(key, known.keySet())
        .map(name -> "unknown; the nearest known name is " + source.spell(name))
        .orElse("unknown");
  }

  private <T> T read(Question question, Function<String, Optional<T>> parse, T byDefault) {
    return find(question, parse).orElse(byDefault);
  }

  /** What {@code parse} makes of the value; empty if none is given, or if it is bad. */
  private <T> Optional<T> find(Question question, Function<String, Optional<T>> parse) {
    know(question, false);
    Optional<String> given = valueOf(question.key());
    Optional<T> value = given.flatMap(parse);
    if (given.isPresent() && value.isEmpty()) {
      problem(question.key(), "must be " + question.allowed() + ", not " + given.get());
    }
    return value;
  }

  private void know(Question question, boolean secret) {
    String key = question.key();
    known.put(
        key,
        new Setting(
            key,
            question.byDefault(),
            question.allowed(),
            question.help(),
            secret,
            valueOf(key).orElse(question.byDefault()),
            sourceOf(key)));
  }

  /** The index of the strongest layer that gives {@code key}; the number of layers if none does. */
  private int rankOf(String key) {
    int rank = 0;
    while (rank < layers.size() && !layers.get(rank).values().containsKey(key)) {
      rank++;
    }
    return rank;
  }

  private Source sourceOf(String key) {
    int rank = rankOf(key);
    return rank < layers.size() ? layers.get(rank).source() : Source.DEFAULT;
  }

  private Optional<String> valueOf(String key) {
    return layers.stream().flatMap(l -> Stream.ofNullable(l.values().get(key))).findFirst();
  }

  private Optional<Secret> secretIn(String path, String fileKey) {
    try {
      Path file = Path.of(path);
      String content = Files.size(file) > MAX_SECRET_FILE_BYTES ? "" : Files.readString(file);
      if (!content.isBlank()) {
        return Optional.of(new Secret(content.strip()));
      }
      problem(fileKey, "must name a file that holds one secret; it is empty or too big");
    } catch (IOException | IllegalArgumentException _) {
      problem(fileKey, "cannot be read");
    }
    return Optional.empty();
  }

  private static Optional<Path> readable(String text) {
    try {
      return Optional.of(Path.of(text)).filter(Files::isReadable).filter(Files::isRegularFile);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Optional<Integer> parseInteger(String text, int min, int max) {
    try {
      return Optional.of(Integer.valueOf(text)).filter(n -> n >= min && n <= max);
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static Optional<Long> boxed(OptionalLong value) {
    return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
  }

  /** What a reader asks for: a key, and how to explain it. */
  private record Question(String key, String byDefault, String allowed, String help) {}
}
