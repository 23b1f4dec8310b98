package dev.orderwire.gateway.protocol;

/** What clients share. If it refuses one of them, it most likely refuses all. */
public enum Resource {
  SOCKETS("sockets", "new sockets"),
  CONNECTIONS("connections", "more connections"),
  TASKS("tasks", "stored data"),
  MEMORY("memory", "memory"),
  MYSQL("mysql", "what MySQL has stored"),
  SNAPSHOTS_FOLDER("snapshots_folder", "snapshots that need the disk"),
  ROWS("rows", "rows"),
  CHANGES("changes", "missed changes"),
  EXPLANATIONS("explanations", "explanations");

  private final String text;
  private final String sentence;

  Resource(String text, String sentence) {
    this.text = text;
    this.sentence = sentence;
  }

  /** Its name in {@code /health} and in metrics. */
  public String text() {
    return text;
  }

  /** What clients are refused: "clients are refused missed changes". */
  public String sentence() {
    return sentence;
  }
}
