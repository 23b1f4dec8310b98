package dev.orderwire.cli.settings;

import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import java.util.EnumMap;
import java.util.Map;

/** How much clients may take. Each has the default of the {@link Limit} of the same name. */
public record LimitSettings(
    @Setting(defaultValue = "50000", min = 1, description = "The most connections in all.")
        int connections,
    @Setting(
            defaultValue = "2000",
            description =
                "The most connections of one address; 0 means no limit. An IPv6 address counts"
                    + " together with its /64 network.")
        int addressConnections,
    @Setting(
            defaultValue = "1000",
            description =
                "The most WebSockets and streams of events of one identity; 0 means no limit.")
        int identityConnections,
    @Setting(
            defaultValue = "200",
            max = 1_000_000,
            description = "The most new connections of one address in a second; 0 means no limit.")
        int addressOpenings,
    @Setting(
            defaultValue = "10",
            min = 1,
            max = 1_000_000,
            description =
                "The most refused connections of one address that are told why in a second. The"
                    + " others are closed at once.")
        int addressExplanations,
    @Setting(
            defaultValue = "1000",
            max = 1_000_000,
            description =
                "The most HTTP requests and WebSocket frames of one address in a second; 0 means no"
                    + " limit.")
        int addressRequests,
    @Setting(
            defaultValue = "500",
            max = 1_000_000,
            description =
                "The most HTTP requests and WebSocket frames of one identity in a second; 0 means"
                    + " no limit.")
        int identityRequests,
    @Setting(
            defaultValue = "50",
            max = 1_000_000,
            description =
                "The most WebSocket frames of one connection in a second, pongs included; 0 means no"
                    + " limit.")
        int frames,
    @Setting(
            defaultValue = "10",
            min = 1,
            max = 3600,
            description = "How many seconds a new connection has for TLS and its first request.")
        int handshakeSeconds,
    @Setting(
            defaultValue = "5",
            min = 1,
            max = 3600,
            description = "How many seconds a new WebSocket has to say who it is.")
        int authSeconds,
    @Setting(
            defaultValue = "16384",
            min = 4096,
            max = 1_048_576,
            description = "The most bytes of the first line of a request.")
        int urlBytes,
    @Setting(
            defaultValue = "16384",
            min = 4096,
            max = 1_048_576,
            description = "The most bytes of the headers of a request.")
        int headerBytes,
    @Setting(
            defaultValue = "65536",
            min = 4096,
            max = 16_777_216,
            description = "The most bytes of one message from a client.")
        int messageBytes,
    @Setting(
            defaultValue = "10",
            min = 1,
            max = 100,
            description = "The most levels of `and`, `or` and `not` in a `where`.")
        int whereLevels,
    @Setting(
            defaultValue = "100",
            min = 1,
            max = 10_000,
            description = "The most conditions of a `where`, each `and`, `or` and `not` included.")
        int whereConditions,
    @Setting(
            defaultValue = "1000",
            min = 1,
            max = 10_000,
            description = "The most values in all conditions of a `where` together.")
        int whereValues,
    @Setting(
            defaultValue = "1000",
            min = 100,
            max = 16_777_216,
            description = "The most characters in one value of a `where`.")
        int whereCharacters,
    @Setting(defaultValue = "100", min = 1, description = "The most views of one connection.")
        int views,
    @Setting(
            defaultValue = "100000",
            min = 1,
            description = "The most different views in all; equal ones of many clients are one.")
        int distinctViews,
    @Setting(
            defaultValue = "100",
            description =
                "The most snapshots, and HTTP requests for rows or changes, that are read or wait"
                    + " to be read for one identity; 0 means no limit.")
        int identitySnapshots,
    @Setting(defaultValue = "10000000", min = 1, description = "The most rows of one snapshot.")
        int snapshotRows) {
  /** The same for the gateway. */
  public Map<Limit, Long> values() {
    Map<Limit, Long> values = new EnumMap<>(Limit.class);
    values.put(Limit.CONNECTIONS, (long) connections);
    values.put(Limit.ADDRESS_CONNECTIONS, orOff(addressConnections));
    values.put(Limit.IDENTITY_CONNECTIONS, orOff(identityConnections));
    values.put(Limit.ADDRESS_OPENINGS, orOff(addressOpenings));
    values.put(Limit.ADDRESS_EXPLANATIONS, (long) addressExplanations);
    values.put(Limit.ADDRESS_REQUESTS, orOff(addressRequests));
    values.put(Limit.IDENTITY_REQUESTS, orOff(identityRequests));
    values.put(Limit.FRAMES, orOff(frames));
    values.put(Limit.HANDSHAKE_SECONDS, (long) handshakeSeconds);
    values.put(Limit.AUTH_SECONDS, (long) authSeconds);
    values.put(Limit.URL_BYTES, (long) urlBytes);
    values.put(Limit.HEADER_BYTES, (long) headerBytes);
    values.put(Limit.MESSAGE_BYTES, (long) messageBytes);
    values.put(Limit.WHERE_LEVELS, (long) whereLevels);
    values.put(Limit.WHERE_CONDITIONS, (long) whereConditions);
    values.put(Limit.WHERE_VALUES, (long) whereValues);
    values.put(Limit.WHERE_CHARACTERS, (long) whereCharacters);
    values.put(Limit.VIEWS, (long) views);
    values.put(Limit.DISTINCT_VIEWS, (long) distinctViews);
    values.put(Limit.IDENTITY_SNAPSHOTS, orOff(identitySnapshots));
    values.put(Limit.SNAPSHOT_ROWS, (long) snapshotRows);
    return values;
  }

  private static long orOff(int number) {
    return number == 0 ? GatewayOptions.OFF : number;
  }
}
