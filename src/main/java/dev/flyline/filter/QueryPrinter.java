package dev.flyline.filter;

import java.util.List;

/** Writes a tree as the one expression that stands for all that mean the same. */
final class QueryPrinter {

  private final StringBuilder out = new StringBuilder();

  private QueryPrinter() {}

  static String print(Query query) {
    var printer = new QueryPrinter();
    printer.put(query);
    return printer.out.toString();
  }

  private void put(Query query) {
    switch (query) {
      case Query.All(var parts) -> putAll(parts, " ");
      case Query.Any(var parts) -> putAll(parts, " OR ");
      case Query.Not(var part) -> {
        out.append('-');
        putOperand(part);
      }
      case Query.Text(var text) -> putText(text, isPlainWord(text));
      case Query.Matches(var regex) -> out.append(regex);
      case Query.LevelIn(var least, var most) -> {
        out.append("@level:");
        putLevels(least, most);
      }
      case Query.Named(var name, var word) -> {
        out.append('@').append(name.label()).append(':');
        boolean implied = name == Query.Name.MACHINE && QueryTerms.isPrefixAnyway(word.text());
        putWord(new Query.Word(word.text(), word.prefix() && !implied));
      }
      case Query.Field(var path, var wanted) -> {
        out.append('@').append(path).append(':');
        putWanted(wanted);
      }
    }
  }

  private void putAll(List<Query> parts, String between) {
    for (int i = 0; i < parts.size(); i++) {
      out.append(i == 0 ? "" : between);
      if (parts.get(i) instanceof Query.Any) {
        putOperand(parts.get(i));
      } else {
        put(parts.get(i)); // what is in an OR binds stronger anyway
      }
    }
  }

  private void putOperand(Query part) {
    boolean nested = part instanceof Query.All || part instanceof Query.Any;
    out.append(nested ? "(" : "");
    put(part);
    out.append(nested ? ")" : "");
  }

  private void putLevels(Level least, Level most) {
    if (least == most) {
      out.append(least.label());
    } else if (least == Level.TRACE && most == Level.FATAL) {
      out.append('*');
    } else if (most == Level.FATAL) {
      out.append(">=").append(least.label());
    } else if (least == Level.TRACE) {
      out.append("<=").append(most.label());
    } else {
      out.append(least.label()).append("..").append(most.label());
    }
  }

  private void putWanted(Query.Wanted wanted) {
    switch (wanted) {
      case Query.Present() -> out.append('*');
      case Query.Word word -> putWord(word);
      case Query.Range(var least, var orLeast, var most, var orMost) -> {
        if (least != null && most != null) {
          out.append(least).append("..").append(most);
        } else if (least != null) {
          out.append(orLeast ? ">=" : ">").append(least);
        } else if (most != null) {
          out.append(orMost ? "<=" : "<").append(most);
        }
      }
    }
  }

  private void putWord(Query.Word word) {
    if (word.text().isEmpty()) {
      out.append('*');
      return;
    }
    putText(word.text(), isPlainValue(word.text()));
    out.append(word.prefix() ? "*" : "");
  }

  private void putText(String text, boolean plain) {
    if (plain) {
      out.append(text);
    } else {
      out.append('"').append(text.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
    }
  }

  private static boolean isPlainWord(String text) {
    return FilterScanner.isPlain(text) && "-/@".indexOf(text.charAt(0)) < 0;
  }

  private static boolean isPlainValue(String text) {
    return FilterScanner.isPlain(text)
        && "<>".indexOf(text.charAt(0)) < 0
        && !text.endsWith("*")
        && !text.contains("..");
  }
}
