/**
 * Examines a MySQL and says what prevents Orderwire from following its tables, and what to do.
 *
 * <p>Begin with {@link dev.orderwire.doctor.Doctor}. Each checkup covers one subject and adds its
 * findings. Nothing here changes anything.
 */
@NullMarked
package dev.orderwire.doctor;

import org.jspecify.annotations.NullMarked;
