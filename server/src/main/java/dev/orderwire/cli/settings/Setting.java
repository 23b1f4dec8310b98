package dev.orderwire.cli.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** One setting: a component of one of the records in {@link Settings}. */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
@interface Setting {
  /** The default, as a user would write it. */
  String defaultValue();

  /** The meaning, for docs/reference/configuration.md. */
  String description();

  /** The minimum value of a number. */
  long min() default 0;

  /** The maximum value of a number. */
  long max() default Integer.MAX_VALUE;
}
