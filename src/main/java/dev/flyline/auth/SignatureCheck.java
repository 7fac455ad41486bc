package dev.flyline.auth;

import dev.flyline.auth.Refusal.Reason;
import io.vertx.core.Future;
import java.util.Optional;

/** Checks the signatures that are too expensive for an event loop: those of public keys. */
@FunctionalInterface
interface SignatureCheck {

  /**
   * Returns what is wrong with the signature of {@code token}; empty if it is good. The future
   * completes on the caller's event loop and never fails.
   *
   * @param address the client that shows the token, for its fair share and its budget of failures
   * @param again whether the content was seen with another good signature, so that a good result
   *     tells nothing new and is charged like a failure
   */
  Future<Optional<Reason>> flaw(String token, String address, boolean again);
}
