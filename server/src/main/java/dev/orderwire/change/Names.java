package dev.orderwire.change;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names of columns in their order, shared by all rows that are read alike: a row itself then
 * holds nothing but its values. For any number of threads.
 */
public final class Names {
  private final List<String> list;
  private final Map<String, Integer> places;

  private Names(List<String> names) {
    this.list = List.copyOf(names);
    this.places = HashMap.newHashMap(list.size());
    for (int place = 0; place < list.size(); place++) {
      if (places.put(list.get(place), place) != null) {
        throw new IllegalArgumentException("column " + list.get(place) + " is there twice");
      }
    }
  }

  /**
   * These names, in this order.
   *
   * @throws IllegalArgumentException where a name is there twice
   */
  public static Names of(List<String> names) {
    return new Names(names);
  }

  public int count() {
    return list.size();
  }

  public String get(int place) {
    return list.get(place);
  }

  /** Where the name stands, from 0; -1 where it is none of these. */
  public int indexOf(String name) {
    @Nullable Integer place = places.get(name);
    return place == null ? -1 : place;
  }
}
