package dev.flyline.replica;

import dev.flyline.bus.PeerMessage;
import dev.flyline.log.Lineage;
import dev.flyline.log.LogBatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What another router says: whether it can be true, and to which replica it goes. */
final class Incoming {

  /** No counter or seq comes so far; a router that says so is confused, and not heeded. */
  private static final long MOST = 1L << 53;

  private Incoming() {}

  /** Whether {@code message} is one that a router in its senses could send. */
  static boolean isPlausible(PeerMessage message) {
    return switch (message) {
      case PeerMessage.State m -> isPlausible(m.lineage()) && isPlausible(m.head());
      case PeerMessage.Head m -> isPlausible(m.head());
      case PeerMessage.Lines m -> isPlausible(m.batch()) && isPlausible(m.committed());
      case PeerMessage.Ack m -> isPlausible(m.head());
      case PeerMessage.Fetch m -> isPlausible(m.from()) && isPlausible(m.before());
      case PeerMessage.Range m ->
          isPlausible(m.first())
              && isPlausible(m.batches())
              && (m.lost() == null || !m.lost().epoch().isEmpty());
      case PeerMessage.Claim m -> isPlausible(m.lineage()) && isPlausible(m.head());
      case PeerMessage.ClaimAnswer m -> isPlausible(m.lineage()) && isPlausible(m.head());
      case PeerMessage.Enlist m ->
          !m.lineage().isEmpty() && isPlausible(m.lineage()) && isPlausible(m.head());
      case PeerMessage.Handover m -> isPlausible(m.last());
      case PeerMessage.Hold m -> isPlausible(m.ms());
      case PeerMessage.Watch _,
          PeerMessage.Unwatch _,
          PeerMessage.Look _,
          PeerMessage.Enlisted _,
          PeerMessage.Release _,
          PeerMessage.Refused _ ->
          true;
    };
  }

  private static boolean isPlausible(long seq) {
    return seq >= 0 && seq < MOST;
  }

  private static boolean isPlausible(Lineage lineage) {
    return lineage.isEmpty()
        || (lineage.newest().counter() < MOST && isPlausible(lineage.newest().after()));
  }

  private static boolean isPlausible(LogBatch batch) {
    return isPlausible(batch.lastSeq());
  }

  private static boolean isPlausible(List<LogBatch> batches) {
    return batches.stream().allMatch(Incoming::isPlausible);
  }

  /** Answers for an app of which this router knows nothing; true if it is to learn of it now. */
  static boolean isNews(Replicas all, String from, PeerMessage message) {
    return switch (message) {
      case PeerMessage.Watch _, PeerMessage.Look _, PeerMessage.Enlist _ -> true;
      case PeerMessage.Claim m -> {
        all.world.send(
            from, new PeerMessage.ClaimAnswer(m.app(), m.id(), Lineage.NONE, 0, "", false, false));
        yield false;
      }
      case PeerMessage.Lines m -> {
        all.world.send(from, new PeerMessage.Unwatch(m.app()));
        yield false;
      }
      default -> false;
    };
  }

  /** Does what {@code message} asks for. */
  static void take(@Nullable Replica r, String from, PeerMessage message) {
    if (r == null) {
      return;
    }
    switch (message) {
      case PeerMessage.Watch m -> Dispatch.watch(r, from, m);
      case PeerMessage.Look m -> Dispatch.look(r, from, m.question());
      case PeerMessage.Unwatch _ -> Dispatch.unwatch(r, from);
      case PeerMessage.State m -> Dispatch.state(r, from, m);
      case PeerMessage.Head m -> Dispatch.head(r, from, m);
      case PeerMessage.Lines m -> Dispatch.lines(r, from, m);
      case PeerMessage.Ack m -> Dispatch.ack(r, from, m);
      case PeerMessage.Fetch m -> Dispatch.fetch(r, from, m);
      case PeerMessage.Range m -> Dispatch.range(r, from, m);
      case PeerMessage.Claim m -> Dispatch.claim(r, from, m);
      case PeerMessage.ClaimAnswer m -> Dispatch.claimAnswer(r, from, m);
      case PeerMessage.Enlist m -> Dispatch.enlist(r, from, m);
      case PeerMessage.Enlisted m -> Dispatch.enlisted(r, m);
      case PeerMessage.Release m -> Dispatch.release(r, m);
      case PeerMessage.Handover m -> Dispatch.handover(r, from, m);
      case PeerMessage.Hold m -> Dispatch.hold(r, from, m);
      case PeerMessage.Refused m -> Dispatch.refused(r, from, m);
    }
  }
}
