package dev.flyline.metrics;

/**
 * Every meter of the router: its name, unit and help, and what its label tells apart. A meter with
 * several labels joins their names, and their values, by a comma.
 *
 * <p>A label never holds the name of an app or a user: there are as many of those as a platform has
 * customers.
 */
public enum Meter {
  LINES_READ(Kind.COUNTER, "flyline_lines_read", "", "Lines that NATS brought."),
  LINES_DROPPED(
      Kind.COUNTER, "flyline_lines_dropped", "reason", "Lines that were read and not numbered."),
  LINES_CUT(Kind.COUNTER, "flyline_lines_cut", "", "Lines cut to the line limit."),
  LINES_KEPT(Kind.COUNTER, "flyline_lines_kept", "", "Lines that went into a feed's ring."),
  SUBJECTS_REFUSED(
      Kind.COUNTER, "flyline_subjects_refused", "", "Messages whose subject is no log subject."),
  NATS_CONNECTS(Kind.COUNTER, "flyline_nats_connects", "", "First connections to NATS."),
  NATS_RECONNECTS(Kind.COUNTER, "flyline_nats_reconnects", "", "Connections to NATS after a loss."),
  NATS_AUTH_FAILURES(
      Kind.COUNTER, "flyline_nats_auth_failures", "", "Times that NATS refused the credentials."),
  NATS_CONNECTED(Kind.GAUGE, "flyline_nats_connected", "", "1 while NATS is connected, else 0."),
  NATS_LAST_MESSAGE(
      Kind.GAUGE,
      "flyline_nats_last_message_seconds",
      "",
      "Seconds since NATS brought a message; since the start if it has brought none."),
  NATS_REFUSALS(
      Kind.COUNTER,
      "flyline_nats_refusals",
      "",
      "Subscriptions that NATS refused, or took away while they were read."),
  NATS_REFUSED(
      Kind.GAUGE,
      "flyline_nats_subscriptions_refused",
      "",
      "Apps whose subscription NATS refuses now; each is tried again."),
  UPSTREAM_MARKS(
      Kind.COUNTER, "flyline_upstream_marks", "", "Holes left by NATS being away or too fast."),
  VIEWERS(Kind.GAUGE, "flyline_viewers", "transport", "Open streams."),
  VIEWERS_REFUSED(
      Kind.COUNTER, "flyline_viewers_refused", "code", "Requests for a stream that were refused."),
  HISTORY_BYTES(
      Kind.COUNTER,
      "flyline_history_read_bytes",
      "",
      "Bytes of history read for clients, hidden lines included."),
  ORIGINS_REFUSED(
      Kind.COUNTER,
      "flyline_origins_refused",
      "",
      "Streams refused to pages of origins that are not allowed."),
  FILTER_CHANGES(
      Kind.COUNTER,
      "flyline_filter_changes",
      "result",
      "Filters that clients sent on open streams: changed, refused, or replaced before their time."),
  VIEWERS_STALLED(
      Kind.COUNTER, "flyline_viewers_stalled", "", "Viewers closed since they took nothing."),
  VIEWERS_GONE(
      Kind.COUNTER,
      "flyline_viewers_gone",
      "sign",
      "Viewers closed since their network or they themselves no longer answered."),
  CONNECTIONS(Kind.GAUGE, "flyline_connections", "", "Open connections on the viewers' port."),
  CONNECTIONS_CLOSED(
      Kind.COUNTER,
      "flyline_connections_closed",
      "cause",
      "Connections that the router closed for want of room, or since their clients took too long."),
  REQUESTS_REFUSED(
      Kind.COUNTER,
      "flyline_requests_refused",
      "code",
      "Requests that were not well formed, or too large."),
  TOKENS_REFUSED(Kind.COUNTER, "flyline_tokens_refused", "reason", "Tokens that were refused."),
  SIGNATURES_WAITING(
      Kind.GAUGE,
      "flyline_signatures_waiting",
      "",
      "Tokens whose public-key signature waits to be checked."),
  PEER_BYTES_SENT(
      Kind.COUNTER, "flyline_peer_sent_bytes", "", "Bytes handed to the bus for other routers."),
  PEER_LINES_WITHHELD(
      Kind.COUNTER,
      "flyline_peer_lines_withheld",
      "",
      "Batches not sent to a router that was too far behind; it asks for them later."),
  PEER_MESSAGES_REFUSED(
      Kind.COUNTER,
      "flyline_peer_messages_refused",
      "",
      "Messages of other routers that could not be read."),
  ROLE_CHANGES(
      Kind.COUNTER,
      "flyline_role_changes",
      "to,cause",
      "Times that this router's role for an app changed."),
  REPLICA_FAILURES(
      Kind.COUNTER,
      "flyline_replica_failures",
      "",
      "Faults of flyline's own in what it did for one app; the log has one of them."),
  PEER_MESSAGES_SKIPPED(
      Kind.COUNTER,
      "flyline_peer_messages_skipped",
      "",
      "Messages of other routers of a kind that only a later release knows."),
  GAPS_TOLD(Kind.COUNTER, "flyline_gaps_told", "cause", "Gaps told to viewers."),
  BYTES_WRITTEN(
      Kind.COUNTER, "flyline_written_bytes", "", "Bytes of streams handed to viewers' sockets."),
  RING_BYTES(Kind.GAUGE, "flyline_ring_bytes", "", "Bytes held by the rings of all feeds."),
  APPS_WATCHED(Kind.GAUGE, "flyline_apps_watched", "", "Apps that have a feed on this router."),
  SUBSCRIPTIONS(Kind.GAUGE, "flyline_nats_subscriptions", "", "Apps that are read from NATS."),
  CLUSTER_MEMBERS(
      Kind.GAUGE, "flyline_cluster_members", "", "Routers in the list of members, this one too."),
  CLUSTER_UNHEARD(
      Kind.GAUGE, "flyline_cluster_unheard", "", "Members that do not answer over the bus."),
  CLUSTER_HANDSHAKES(
      Kind.COUNTER,
      "flyline_cluster_handshakes",
      "",
      "TLS handshakes begun on connections that came to the ports between routers."),
  CLUSTER_REFUSED(
      Kind.COUNTER,
      "flyline_cluster_refused",
      "",
      "Connections of routers or strangers refused for want of a proof of the cluster's secret."),
  BUS_SEND_FAILURES(
      Kind.COUNTER,
      "flyline_bus_send_failures",
      "",
      "Messages to other routers that were not written."),
  BUS_SECOND_FAILURES(
      Kind.COUNTER,
      "flyline_bus_second_failures",
      "",
      "Messages to other routers whose failure Vert.x told twice."),
  BUS_REGISTRATIONS_MENDED(
      Kind.COUNTER,
      "flyline_bus_registrations_mended",
      "",
      "Times that the cluster had lost this router's bus address.");

  /** How a meter's value moves. */
  public enum Kind {
    /** Only grows; Prometheus sees it with {@code _total} at the end of its name. */
    COUNTER,
    /** Goes up and down; read when asked for. */
    GAUGE
  }

  private final Kind kind;
  private final String metric;
  private final String label;
  private final String help;

  Meter(Kind kind, String metric, String label, String help) {
    this.kind = kind;
    this.metric = metric;
    this.label = label;
    this.help = help;
  }

  /** How its value moves. */
  public Kind kind() {
    return kind;
  }

  /** Its name without {@code _total}; a unit, if it has one, ends the name. */
  public String metric() {
    return metric;
  }

  /** The name of its label, or the names of its labels, joined by a comma; empty for none. */
  public String label() {
    return label;
  }

  /** One sentence on what it measures. */
  public String help() {
    return help;
  }

  /** Its unit, as the name's end says; empty for a plain count. */
  public String unit() {
    return metric.endsWith("_bytes") ? "bytes" : metric.endsWith("_seconds") ? "seconds" : "";
  }

  boolean hasLabel() {
    return !label.isEmpty();
  }
}
