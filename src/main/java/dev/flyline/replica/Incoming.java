package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
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
  static boolean isPlausible(AppMessage message) {
    return switch (message) {
      case AppMessage.State m -> isPlausible(m.lineage()) && isPlausible(m.head());
      case AppMessage.Head m -> isPlausible(m.head());
      case AppMessage.Lines m -> isPlausible(m.batch()) && isPlausible(m.committed());
      case AppMessage.Ack m -> isPlausible(m.head());
      case AppMessage.Fetch m -> isPlausible(m.from()) && isPlausible(m.before());
      case AppMessage.Range m ->
          isPlausible(m.first())
              && isPlausible(m.batches())
              && (m.lost() == null || !m.lost().epoch().isEmpty());
      case AppMessage.Claim m -> isPlausible(m.lineage()) && isPlausible(m.head());
      case AppMessage.ClaimAnswer m -> isPlausible(m.lineage()) && isPlausible(m.head());
      case AppMessage.Enlist m ->
          !m.lineage().isEmpty() && isPlausible(m.lineage()) && isPlausible(m.head());
      case AppMessage.Handover m -> isPlausible(m.last());
      case AppMessage.Hold m -> isPlausible(m.ms());
      case AppMessage.Watch _,
          AppMessage.Unwatch _,
          AppMessage.Look _,
          AppMessage.Enlisted _,
          AppMessage.Release _,
          AppMessage.Refused _ ->
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
  static boolean isNews(Replicas all, String from, AppMessage message) {
    return switch (message) {
      case AppMessage.Watch _, AppMessage.Look _, AppMessage.Enlist _ -> true;
      case AppMessage.Claim m -> {
        all.world.send(
            from, new AppMessage.ClaimAnswer(m.app(), m.id(), Lineage.NONE, 0, "", false, false));
        yield false;
      }
      case AppMessage.Lines m -> {
        all.world.send(from, new AppMessage.Unwatch(m.app()));
        yield false;
      }
      default -> false;
    };
  }

  /** Does what {@code message} asks for. */
  static void take(@Nullable Replica r, String from, AppMessage message) {
    if (r == null) {
      return;
    }
    switch (message) {
      case AppMessage.Watch m -> Dispatch.watch(r, from, m);
      case AppMessage.Look m -> Dispatch.look(r, from, m.question());
      case AppMessage.Unwatch _ -> Dispatch.unwatch(r, from);
      case AppMessage.State m -> Dispatch.state(r, from, m);
      case AppMessage.Head m -> Dispatch.head(r, from, m);
      case AppMessage.Lines m -> Dispatch.lines(r, from, m);
      case AppMessage.Ack m -> Dispatch.ack(r, from, m);
      case AppMessage.Fetch m -> Dispatch.fetch(r, from, m);
      case AppMessage.Range m -> Dispatch.range(r, from, m);
      case AppMessage.Claim m -> Dispatch.claim(r, from, m);
      case AppMessage.ClaimAnswer m -> Dispatch.claimAnswer(r, from, m);
      case AppMessage.Enlist m -> Dispatch.enlist(r, from, m);
      case AppMessage.Enlisted m -> Dispatch.enlisted(r, m);
      case AppMessage.Release m -> Dispatch.release(r, m);
      case AppMessage.Handover m -> Dispatch.handover(r, from, m);
      case AppMessage.Hold m -> Dispatch.hold(r, from, m);
      case AppMessage.Refused m -> Dispatch.refused(r, from, m);
    }
  }
}
