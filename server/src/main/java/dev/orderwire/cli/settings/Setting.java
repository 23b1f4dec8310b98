package dev.orderwire.cli.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** One setting: a component of one of the records in {@link Settings}. */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
@interface Setting {
  /** What holds where the user says nothing, written as the user would. */
  String fallback();

  /** Its meaning, for the reference. */
  String says();

  /** The least value of a number. */
  long min() default 0;

  /** The greatest value of a number. */
  long max() default Integer.MAX_VALUE;
}
