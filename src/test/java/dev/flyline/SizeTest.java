package dev.flyline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Nothing grows so large that a reader loses the way in it. */
final class SizeTest {

  private static final Path SOURCES = Path.of("src/main/java");

  /** Lines of a file that hold code: no imports, no comments, nothing empty. */
  private static final int FILE_LINES = 300;

  /** Lines between the braces of a method, comments and empty lines too. */
  private static final int METHOD_LINES = 30;

  /** One pass over the bytes whose state is in locals; in pieces it would be slower to follow. */
  private static final String ONE_PASS = "JsonObjects.java isObject has 35";

  @Test
  void files_areShort() throws IOException {
    assertThat(sources())
        .allSatisfy(
            file ->
                assertThat(codeLines(Files.readAllLines(file)))
                    .as("lines of code in %s", file)
                    .isLessThanOrEqualTo(FILE_LINES));
  }

  @Test
  void methods_areShort() throws IOException {
    assertThat(tooLong(sources()))
        .as("methods of more than %d lines", METHOD_LINES)
        .containsExactly(ONE_PASS);
  }

  @Test
  void lines_areCountedAsAReaderWould() {
    var lines =
        List.of(
            "package a;",
            "import b;",
            "",
            "/** A comment",
            " * of two lines. */",
            "final class C {",
            "  int d; // with a remark",
            "  // a remark alone",
            "}");
    assertThat(codeLines(lines)).isEqualTo(3);
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      List<Path> java = files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
      assertThat(java).hasSizeGreaterThan(200);
      return java;
    }
  }

  private static long codeLines(List<String> lines) {
    return lines.stream()
        .map(String::strip)
        .filter(
            line -> !line.isEmpty() && !line.startsWith("import ") && !line.startsWith("package "))
        .filter(line -> !line.startsWith("//") && !line.startsWith("/*") && !line.startsWith("*"))
        .count();
  }

  private static List<String> tooLong(List<Path> files) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    List<String> found = new ArrayList<>();
    try (StandardJavaFileManager manager =
        compiler.getStandardFileManager(null, Locale.ROOT, UTF_8)) {
      var task =
          (JavacTask)
              compiler.getTask(
                  null,
                  manager,
                  _ -> {},
                  List.of("-proc:none"),
                  null,
                  manager.getJavaFileObjectsFromPaths(files));
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree file : task.parse()) {
        new Methods(file, positions, found).scan(file, null);
      }
    }
    return found;
  }

  /** Collects the methods of a file that are too long. */
  private static final class Methods extends TreeScanner<Void, Void> {

    private final CompilationUnitTree file;
    private final SourcePositions positions;
    private final List<String> found;

    Methods(CompilationUnitTree file, SourcePositions positions, List<String> found) {
      this.file = file;
      this.positions = positions;
      this.found = found;
    }

    @Override
    public Void visitMethod(MethodTree method, Void nothing) {
      BlockTree body = method.getBody();
      if (body != null && lines(body) > METHOD_LINES) {
        found.add(
            "%s %s has %d"
                .formatted(
                    Path.of(file.getSourceFile().getName()).getFileName(),
                    method.getName(),
                    lines(body)));
      }
      return super.visitMethod(method, null);
    }

    private long lines(BlockTree body) {
      long first = file.getLineMap().getLineNumber(positions.getStartPosition(file, body));
      long last = file.getLineMap().getLineNumber(positions.getEndPosition(file, body) - 1);
      return last - first - 1;
    }
  }
}
