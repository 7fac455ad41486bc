package dev.flyline.cli;

import dev.flyline.config.Quantity;
import dev.flyline.log.AppName;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** How the words of a command line become values. */
final class ValueConverters {

  private ValueConverters() {}

  /** Teaches {@code line} and its commands the values of flyline. */
  static void addTo(CommandLine line) {
    line.registerConverter(AppName.class, ValueConverters::appName);
    line.registerConverter(Duration.class, ValueConverters::duration);
  }

  private static AppName appName(String text) {
    return AppName.parse(text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'" + text + "' is no app name: up to 63 of a-z, 0-9 and -, not - first"));
  }

  private static Duration duration(String text) {
    return Quantity.duration(text)
        .filter(Duration::isPositive)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'" + text + "' is no time: a number with ms, s, m, h or d, such as 30s"));
  }
}
