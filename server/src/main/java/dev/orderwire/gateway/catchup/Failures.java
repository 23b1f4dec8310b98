package dev.orderwire.gateway.catchup;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.protocol.PublicError;
import dev.orderwire.gateway.protocol.PublicError.Withheld;
import dev.orderwire.gateway.protocol.Resource;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.gateway.protocol.Use;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the failure of one request from that of a resource, which most likely refuses every client.
 * The former is logged here; of the latter, {@link Traffic} hears.
 */
public final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  /**
   * What is wrong with a request or its client. The code that throws OVER_LIMIT tells of its
   * resource.
   */
  private static final Set<ErrorCode> OF_ONE_REQUEST =
      EnumSet.of(
          ErrorCode.UNKNOWN_POSITION,
          ErrorCode.UNKNOWN_TABLE,
          ErrorCode.UNKNOWN_COLUMN,
          ErrorCode.UNKNOWN_OPERATOR,
          ErrorCode.BAD_PARAMETER,
          ErrorCode.BAD_WHERE,
          ErrorCode.BAD_KEY,
          ErrorCode.WRONG_TYPE,
          ErrorCode.TOO_SLOW,
          ErrorCode.OVER_LIMIT,
          ErrorCode.GOING_AWAY);

  private final Traffic traffic;

  public Failures(Traffic traffic) {
    this.traffic = traffic;
  }

  /** What MySQL has stored was read for a request. */
  public void served(Use use) {
    traffic.serves(use);
    traffic.serves(use.with(Resource.MEMORY));
    traffic.serves(Use.of(Resource.MYSQL));
  }

  /**
   * A request for what MySQL has stored has failed.
   *
   * @return the error for the client
   */
  public OrderwireException failed(Use use, Throwable failure) {
    return switch (failure) {
      case FolderException e -> {
        Use folder = use.with(Resource.SNAPSHOTS_FOLDER);
        traffic.refuses(
            e.forAll() ? Use.of(Resource.SNAPSHOTS_FOLDER) : folder, e.trouble(), false);
        yield e;
      }
      case OrderwireException e -> {
        tell(use, e);
        yield PublicError.of(e);
      }
      case OutOfMemoryError e -> {
        traffic.refuses(
            use.with(Resource.MEMORY),
            "the server is out of memory (%s). Give it more, or serve fewer clients"
                .formatted(e.getMessage()),
            false);
        yield PublicError.unexpected(e);
      }
      default -> {
        if (traffic.refuses(use, "a defect: " + failure, false)) {
          // Not the request: its URL may have a token.
          LOG.error("Failed to serve {} of {}", use.resource().sentence(), use.table(), failure);
        }
        yield PublicError.unexpected(failure);
      }
    };
  }

  private void tell(Use use, OrderwireException told) {
    OrderwireException failure = told instanceof Withheld withheld ? withheld.failure() : told;
    if (failure.code() == ErrorCode.MYSQL_UNAVAILABLE) {
      traffic.refuses(Use.of(Resource.MYSQL), String.valueOf(failure.getMessage()), true);
    } else if (failure.code() == ErrorCode.TABLE_ALTERED) {
      // The reconciler tells it once, for all clients.
      LOG.debug("Failed to serve a client: {}", failure.getMessage());
    } else if (OF_ONE_REQUEST.contains(failure.code())) {
      LOG.warn("Failed to serve a client: {}", failure.getMessage());
    } else {
      traffic.refuses(use, String.valueOf(failure.getMessage()), failure.code().retryable());
    }
  }
}
