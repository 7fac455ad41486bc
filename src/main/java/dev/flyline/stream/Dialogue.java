package dev.flyline.stream;

import dev.flyline.lane.Lane;

/**
 * Does what the client of one stream says. Belongs to the event loop of the stream's socket, and
 * works in its context.
 */
final class Dialogue {

  private final Lane lane;
  private final StreamSession session;
  private final Renewal renewal;

  Dialogue(Lane lane, StreamSession session, Renewal renewal) {
    this.lane = lane;
    this.session = session;
    this.renewal = renewal;
  }

  /** The client has said {@code message}. */
  void hear(ClientMessage message) {
    lane.run(() -> act(message));
  }

  private void act(ClientMessage message) {
    switch (message) {
      case ClientMessage.Auth(var token) -> renewal.take(token);
      case ClientMessage.Pause() -> session.pause(true);
      case ClientMessage.Resume() -> session.pause(false);
      case ClientMessage.Filter(var expression, var app)
          when app == null || app.equals(session.app().value()) ->
          session.filter(expression);
      case ClientMessage.Filter _, ClientMessage.Unknown _ -> session.end(EndReason.BAD_REQUEST, 0);
    }
  }
}
