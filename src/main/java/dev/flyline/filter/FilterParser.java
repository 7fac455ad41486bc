package dev.flyline.filter;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads an expression into a tree: terms that must all hold, {@code OR} between alternatives, which
 * binds weakest, {@code -} before what must not hold, and parentheses. Equal parts are kept once,
 * and what nests without need is flattened, so that more filters are equal.
 */
final class FilterParser {

  /** The most words, phrases, regular expressions and fields of one expression. */
  static final int MAX_TERMS = 64;

  /** How deep parentheses and minus signs may nest. */
  static final int MAX_DEPTH = 16;

  private static final String TERM_HINT =
      "a term is a word, a \"phrase\", a /regex/ or @field:value";

  private final FilterScanner in;
  private final QueryTerms terms;
  private int termCount;
  private int depth;

  private FilterParser(String text) throws FilterException {
    in = new FilterScanner(text);
    terms = new QueryTerms(in);
  }

  /** Reads {@code text}, which has at least one term. */
  static Query parse(String text) throws FilterException {
    var parser = new FilterParser(text);
    Query query = parser.any();
    if (!parser.in.atEnd()) {
      throw new FilterException(
          "this parenthesis closes none", parser.in.position(), "take it out, or quote it: \")\"");
    }
    return query;
  }

  private Query any() throws FilterException {
    var parts = new ArrayList<Query>();
    do {
      parts.add(all());
    } while (in.passWord("OR"));
    return join(parts, Query.Any::new, Query.Any.class);
  }

  private Query all() throws FilterException {
    var parts = new ArrayList<Query>();
    do {
      in.skipSpace();
      if (in.atEnd() || in.peek() == ')' || isOperator()) {
        throw new FilterException("a term is missing here", in.position(), TERM_HINT);
      }
      parts.add(operand());
      in.skipSpace();
    } while (in.passWord("AND") || !(in.atEnd() || in.peek() == ')' || isOr()));
    return join(parts, Query.All::new, Query.All.class);
  }

  private boolean isOr() {
    return in.isWord("OR");
  }

  private boolean isOperator() {
    return isOr() || in.isWord("AND");
  }

  private Query operand() throws FilterException {
    int from = in.position();
    if (in.pass('-')) {
      return nested(from, this::negated);
    }
    if (in.pass('(')) {
      return nested(from, this::group);
    }
    if (++termCount > MAX_TERMS) {
      throw new FilterException(
          "more than " + MAX_TERMS + " terms", from, "one regular expression can stand for many");
    }
    return terms.next();
  }

  @FunctionalInterface
  private interface Part {
    Query read(int from) throws FilterException;
  }

  private Query nested(int from, Part part) throws FilterException {
    if (++depth > MAX_DEPTH) {
      throw new FilterException(
          "nested deeper than " + MAX_DEPTH, from, "take out parentheses or minus signs");
    }
    Query query = part.read(from);
    depth--;
    return query;
  }

  private Query negated(int from) throws FilterException {
    if (in.atEnd() || FilterScanner.isSpace(in.peek()) || in.peek() == ')') {
      throw new FilterException(
          "a minus sign stands directly before a term", from, "quote it to look for it: \"-\"");
    }
    Query part = operand();
    return part instanceof Query.Not(Query twice) ? twice : new Query.Not(part);
  }

  private Query group(int from) throws FilterException {
    Query query = any();
    if (!in.pass(')')) {
      throw new FilterException(
          "this parenthesis is not closed", from, "close it, or quote it: \"(\"");
    }
    return query;
  }

  private static <T extends Query> Query join(
      List<Query> parts, Function<List<Query>, T> make, Class<T> kind) {
    Set<Query> flat = new LinkedHashSet<>();
    for (Query part : parts) {
      switch (part) {
        case Query.All(var inner) when kind.isInstance(part) -> flat.addAll(inner);
        case Query.Any(var inner) when kind.isInstance(part) -> flat.addAll(inner);
        default -> flat.add(part);
      }
    }
    return flat.size() == 1 ? flat.iterator().next() : make.apply(List.copyOf(flat));
  }
}
