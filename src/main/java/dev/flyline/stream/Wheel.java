package dev.flyline.stream;

import java.util.ArrayList;
import java.util.List;

/**
 * Many things each of which wants to be looked at at a time of its own: a hashed timing wheel
 * (Varghese and Lauck, 1987). What waits costs nothing until its time comes, and to enter, to leave
 * and to be moved costs the same however many there are. Belongs to one thread.
 */
final class Wheel<T extends Wheel.Rider> {

  /** Who wants to be looked at later than in so many ticks is looked at then, and asked again. */
  static final int SLOTS = 64;

  private static final int NO_SLOT = -1;

  /** What can wait on a wheel; on one at a time. */
  abstract static class Rider {
    private int slot = NO_SLOT;
    private int index; // in the slot
  }

  /** What is done when a rider's time has come. */
  @FunctionalInterface
  interface Look<T> {

    /**
     * Returns when to look again, in milliseconds since 1970; {@link #NEVER} to leave the wheel.
     */
    long at(T rider, long nowMs);

    /** The rider leaves the wheel. */
    long NEVER = Long.MAX_VALUE;
  }

  private final long tickMs;
  private final List<List<T>> slots = new ArrayList<>(SLOTS);
  private long turned; // the tick of the slot that was looked at last
  private int size;

  Wheel(long tickMs, long nowMs) {
    this.tickMs = tickMs;
    this.turned = nowMs / tickMs;
    for (int i = 0; i < SLOTS; i++) {
      slots.add(new ArrayList<>());
    }
  }

  /** How many wait. */
  int size() {
    return size;
  }

  /** Lets {@code rider} wait until the next tick. */
  void add(T rider) {
    enter(rider, turned + 1);
  }

  /** Lets {@code rider} wait no longer, if it does. */
  void remove(T rider) {
    if (waits(rider)) {
      leave(rider);
    }
  }

  /** Looks at {@code rider}, if it waits, at the next tick. */
  void hasten(T rider) {
    if (waits(rider)) {
      leave(rider);
      add(rider);
    }
  }

  /** Everything that waits. */
  List<T> all() {
    var all = new ArrayList<T>(size);
    slots.forEach(all::addAll);
    return all;
  }

  /** Turns to the present, also over what a pause has missed, or back with the clock. */
  void turn(long nowMs, Look<T> look) {
    long present = nowMs / tickMs;
    turned = Math.clamp(turned, present - SLOTS, present);
    while (turned < present) {
      turned++;
      look(slots.get((int) (turned % SLOTS)), nowMs, look);
    }
  }

  private void look(List<T> slot, long nowMs, Look<T> look) {
    while (!slot.isEmpty()) {
      T rider = slot.getLast();
      leave(rider);
      long dueMs = look.at(rider, nowMs);
      if (dueMs != Look.NEVER) { // and never into this very slot
        enter(rider, Math.clamp(Math.ceilDiv(dueMs, tickMs), turned + 1, turned + SLOTS - 1));
      }
    }
  }

  private static boolean waits(Rider rider) {
    return rider.slot != NO_SLOT;
  }

  private void enter(T rider, long tick) {
    Rider place = rider;
    place.slot = (int) (tick % SLOTS);
    List<T> slot = slots.get(place.slot);
    place.index = slot.size();
    slot.add(rider);
    size++;
  }

  private void leave(T rider) {
    Rider place = rider;
    List<T> slot = slots.get(place.slot);
    T last = slot.removeLast();
    if (place.index < slot.size()) { // another one was the last
      slot.set(place.index, last);
      ((Rider) last).index = place.index;
    }
    place.slot = NO_SLOT;
    size--;
  }
}
