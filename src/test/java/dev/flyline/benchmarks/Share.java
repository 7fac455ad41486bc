package dev.flyline.benchmarks;

import java.io.IOException;

/**
 * What one of the measured processes has used.
 *
 * @param name what it is called in the report
 * @param busBytes that it has handed to the bus for other routers
 */
record Share(String name, Usage usage, long busBytes) {

  /** Of a process that talks to no other. */
  static Share of(String name, Process process) throws IOException {
    return new Share(name, Usage.of(process.pid()), 0);
  }

  /** What has been used since {@code earlier}; memory as it is now. */
  Share since(Share earlier) {
    return new Share(
        name,
        new Usage(usage.cpuSeconds() - earlier.usage.cpuSeconds(), usage.residentBytes()),
        busBytes - earlier.busBytes);
  }
}
