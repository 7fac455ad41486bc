package dev.flyline.cli;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
final class NatsServerTest {

  @Test
  void serverThatIsNowhere_isToldWithWhatToInstall(@TempDir Path folder) {
    assertThatExceptionOfType(CommandFailure.class)
        .isThrownBy(() -> NatsServer.start(Stream.of("", folder.toString())))
        .withMessageContaining("apt install nats-server")
        .withMessageNotContaining("\n");
  }

  @Test
  void serverThatEndsAtOnce_isToldWithItsLastWords(@TempDir Path folder) throws IOException {
    Path program = Files.writeString(folder.resolve("nats-server"), "#!/bin/sh\necho no luck\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));

    assertThatExceptionOfType(CommandFailure.class)
        .isThrownBy(() -> NatsServer.start(Stream.of(folder.toString())))
        .withMessage("nats-server did not start: no luck");
  }
}
