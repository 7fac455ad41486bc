package dev.flyline.stream;

import dev.flyline.lane.Lane;

/**
 * Does what the client of one stream says. Belongs to the event loop of the stream's socket, and
 * works in its context.
 */
final class Dialogue {

  private final Lane lane;
  private final StreamConnection connection;
  private final Renewal renewal;

  Dialogue(Lane lane, StreamConnection connection, Renewal renewal) {
    this.lane = lane;
    this.connection = connection;
    this.renewal = renewal;
  }

  /** The client has said {@code message}. */
  void hear(ClientMessage message) {
    lane.run(() -> act(message));
  }

  private void act(ClientMessage message) {
    Subscription subscription = connection.subscription();
    switch (message) {
      case ClientMessage.Auth(var token) -> renewal.take(token);
      case ClientMessage.Pause() -> subscription.pause(true);
      case ClientMessage.Resume() -> subscription.pause(false);
      case ClientMessage.Filter(var expression, var app)
          when app == null || app.equals(subscription.app().value()) ->
          subscription.filter(expression);
      case ClientMessage.Filter _, ClientMessage.Unknown _ ->
          connection.end(EndReason.BAD_REQUEST, 0);
    }
  }
}
