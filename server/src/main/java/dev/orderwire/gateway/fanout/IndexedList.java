package dev.orderwire.gateway.fanout;

import java.util.ArrayList;
import java.util.List;

/**
 * A list whose members know their index, so that removal takes constant time. The last member takes
 * the index of a removed one. For one thread.
 */
final class IndexedList<T extends IndexedList.Member> {
  /** A member of at most one list at a time. */
  abstract static class Member {
    private int index = -1;

    /** Negative for a member of no list. */
    final int index() {
      return index;
    }
  }

  private final List<T> members = new ArrayList<>();

  void add(T member) {
    ((Member) member).index = members.size();
    members.add(member);
  }

  void remove(T member) {
    T last = members.removeLast();
    if (last.index() != member.index()) {
      members.set(member.index(), last);
      ((Member) last).index = member.index();
    }
    ((Member) member).index = -1;
  }

  T get(int index) {
    return members.get(index);
  }

  int size() {
    return members.size();
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  /** A copy, for callers that change the list while they iterate. */
  List<T> copy() {
    return List.copyOf(members);
  }
}
