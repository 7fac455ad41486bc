package dev.flyline.filter;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads one term of an expression: a word, a phrase, a regular expression or a field. */
final class QueryTerms {

  /** A machine's id of so many characters or more stands for all that begin with it. */
  private static final int MACHINE_PREFIX = 4;

  private static final String LEVELS =
      Level.ALL.stream().map(Level::label).collect(Collectors.joining(", "));

  private final FilterScanner in;
  private int regexSize;

  QueryTerms(FilterScanner in) {
    this.in = in;
  }

  /** Whether {@code text} as a machine's id is the beginning of one, with or without a star. */
  static boolean isPrefixAnyway(String text) {
    return text.length() >= MACHINE_PREFIX;
  }

  /** Reads the term that stands here. */
  Query next() throws FilterException {
    return switch (in.peek()) {
      case '"' -> new Query.Text(Fold.of(in.phrase()));
      case '/' -> regex();
      case '@' -> field();
      default -> new Query.Text(Fold.of(in.run()));
    };
  }

  private Query regex() throws FilterException {
    int from = in.position();
    String source = in.regex();
    int flags = in.position();
    String flag = in.run();
    if (!flag.isEmpty() && !flag.equals("i")) {
      throw new FilterException(
          "a regular expression has no flag but i",
          flags,
          "quote a path to look for it as it is: \"/path/to\"");
    }
    var regex = LinearRegex.compile(source, !flag.isEmpty(), from);
    regexSize += regex.size();
    if (regexSize > LinearRegex.MAX_SIZE) {
      throw LinearRegex.tooLarge(from);
    }
    return new Query.Matches(regex);
  }

  // ---- fields ----

  private Query field() throws FilterException {
    int from = in.position();
    in.skip(1);
    String path = in.path();
    if (!in.pass(':')) {
      throw new FilterException(
          "a field has a colon and a value behind it", from, "@field:value, or @field:* for any");
    }
    if (path.isEmpty() || Arrays.asList(path.split("\\.", -1)).contains("")) {
      throw new FilterException(
          "a field's name is empty", from, "@name:value or @outer.inner:value");
    }
    if (path.split("\\.", -1).length > FilterParser.MAX_DEPTH) {
      throw new FilterException(
          "a field nested deeper than " + FilterParser.MAX_DEPTH, from, "name an outer one");
    }
    int at = in.position();
    return switch (path) {
      case "level" -> level(at);
      case "region" -> named(Query.Name.REGION, at);
      case "machine" -> named(Query.Name.MACHINE, at);
      case "provider" -> named(Query.Name.PROVIDER, at);
      default -> new Query.Field(path, wanted(at));
    };
  }

  private Query named(Query.Name name, int at) throws FilterException {
    return switch (wanted(at)) {
      case Query.Present() -> new Query.Named(name, new Query.Word("", true));
      case Query.Word(var text, var prefix) -> {
        boolean implied = name == Query.Name.MACHINE && isPrefixAnyway(text);
        yield new Query.Named(name, new Query.Word(text, prefix || implied));
      }
      case Query.Range _ ->
          throw new FilterException("this field is no number", at, "@region:fra or @region:f*");
    };
  }

  private Query level(int at) throws FilterException {
    String text = in.peek() == '"' ? in.phrase() : in.run();
    if (text.equals("*")) {
      return new Query.LevelIn(Level.TRACE, Level.FATAL);
    }
    int dots = text.indexOf("..");
    if (dots >= 0) {
      Level least = level(text.substring(0, dots), at);
      Level most = level(text.substring(dots + 2), at);
      return levels(Level.ALL.indexOf(least), Level.ALL.indexOf(most), at);
    }
    boolean orEqual = text.startsWith(">=") || text.startsWith("<=");
    boolean bound = text.startsWith(">") || text.startsWith("<");
    int level = Level.ALL.indexOf(level(text.substring(orEqual ? 2 : bound ? 1 : 0), at));
    int off = orEqual ? 0 : 1;
    if (!bound) {
      return levels(level, level, at);
    }
    return text.startsWith(">")
        ? levels(level + off, Level.ALL.size() - 1, at)
        : levels(0, level - off, at);
  }

  private static Level level(String word, int at) throws FilterException {
    Level level = Level.named(word);
    if (level == null) {
      throw new FilterException(
          "there is no such level", at, "levels are " + LEVELS + "; for several: >=warn");
    }
    return level;
  }

  private static Query levels(int least, int most, int at) throws FilterException {
    if (least > most) {
      throw new FilterException("no line has such a level", at, "levels are " + LEVELS);
    }
    return new Query.LevelIn(Level.ALL.get(least), Level.ALL.get(most));
  }

  private Query.Wanted wanted(int at) throws FilterException {
    if (in.peek() == '"') {
      String text = in.phrase();
      return new Query.Word(Fold.of(text), in.pass('*'));
    }
    String text = in.run();
    if (text.isEmpty()) {
      throw new FilterException(
          "a field's value is missing", at, "@field:value, directly behind the colon");
    }
    if (text.equals("*")) {
      return new Query.Present();
    }
    int dots = text.indexOf("..");
    if (dots >= 0) {
      return range(text.substring(0, dots), text.substring(dots + 2), at);
    }
    return switch (text.charAt(0)) {
      case '>' -> bound(text, true, at);
      case '<' -> bound(text, false, at);
      default -> word(text);
    };
  }

  private static Query.Wanted word(String text) {
    boolean prefix = text.endsWith("*");
    return new Query.Word(Fold.of(prefix ? text.substring(0, text.length() - 1) : text), prefix);
  }

  private static Query.Wanted bound(String text, boolean least, int at) throws FilterException {
    boolean orEqual = text.startsWith("=", 1);
    Num number = number(text.substring(orEqual ? 2 : 1), at);
    return least
        ? new Query.Range(number, orEqual, null, false)
        : new Query.Range(null, false, number, orEqual);
  }

  private static Query.Wanted range(String from, String to, int at) throws FilterException {
    Num least = number(from, at);
    Num most = number(to, at);
    if (least.compareTo(most) > 0) {
      throw new FilterException("the range is empty", at, "the smaller number comes first: 1..5");
    }
    return new Query.Range(least, true, most, true);
  }

  private static Num number(String text, int at) throws FilterException {
    @Nullable Num number = Num.parse(text);
    if (number == null) {
      throw new FilterException(
          "a number is expected here", at, ">5, 1..5 or 2.5e3; quote what is a text: \"a..b\"");
    }
    if (!number.isFinite()) {
      throw new FilterException("the number is too large", at, "at most some 1.7e308");
    }
    return number;
  }
}
