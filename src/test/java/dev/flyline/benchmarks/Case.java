package dev.flyline.benchmarks;

import java.io.IOException;

/** A part of the benchmark that can be chosen by its name. */
interface Case {

  String name();

  /** What it is, for those who choose. */
  String about();

  /** About how long it takes with these options. */
  int seconds(Bench bench);

  /** Measures, and adds what it has found to the bench's report. */
  void measure(Bench bench) throws IOException, InterruptedException;
}
