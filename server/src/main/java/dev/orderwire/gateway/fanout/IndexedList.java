package dev.orderwire.gateway.fanout;

import java.util.ArrayList;
import java.util.List;

/**
 * A list whose members know their seat, so that leaving it costs the same however many there are.
 * The last one takes the seat of one that leaves. For one thread.
 */
final class IndexedList<T extends IndexedList.Member> {
  /** One of a roster, and of one roster at a time. */
  abstract static class Member {
    private int seat = -1;

    final boolean isSeated() {
      return seat >= 0;
    }
  }

  private final List<T> members = new ArrayList<>();

  void add(T member) {
    ((Member) member).seat = members.size();
    members.add(member);
  }

  void remove(T member) {
    T last = members.removeLast();
    if (((Member) last).seat != ((Member) member).seat) {
      members.set(((Member) member).seat, last);
      ((Member) last).seat = ((Member) member).seat;
    }
    ((Member) member).seat = -1;
  }

  /** Where it sits; below 0 for one that does not. */
  int seatOf(T member) {
    return ((Member) member).seat;
  }

  T get(int seat) {
    return members.get(seat);
  }

  int size() {
    return members.size();
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  /** The members as they are now, for who may change the roster on the way. */
  List<T> copy() {
    return List.copyOf(members);
  }
}
