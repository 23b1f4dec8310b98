package dev.orderwire.gateway;

import dev.orderwire.auth.Admission;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.catchup.Blocking;
import dev.orderwire.gateway.catchup.Failures;
import dev.orderwire.gateway.catchup.Source;
import dev.orderwire.gateway.catchup.Subscriber;
import dev.orderwire.gateway.catchup.YieldingSnapshots;
import dev.orderwire.gateway.explain.Explainer;
import dev.orderwire.gateway.fanout.EventLoops;
import dev.orderwire.gateway.fanout.Rounds;
import dev.orderwire.gateway.fanout.Sockets;
import dev.orderwire.gateway.http.Api;
import dev.orderwire.gateway.http.ClientFiles;
import dev.orderwire.gateway.http.Connections;
import dev.orderwire.gateway.http.Draining;
import dev.orderwire.gateway.http.Entrance;
import dev.orderwire.gateway.http.HttpHandler;
import dev.orderwire.gateway.http.Origins;
import dev.orderwire.gateway.http.Pages;
import dev.orderwire.gateway.http.Routes;
import dev.orderwire.gateway.http.StoredAnswers;
import dev.orderwire.gateway.http.Upgrade;
import dev.orderwire.gateway.limits.Allowance;
import dev.orderwire.gateway.limits.Limits;
import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.RequestedViews;
import dev.orderwire.gateway.protocol.Resource;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.gateway.protocol.Use;
import dev.orderwire.gateway.proxy.Peer;
import dev.orderwire.gateway.proxy.ProxyHeader;
import dev.orderwire.gateway.tls.ServerTls;
import dev.orderwire.presence.Presence;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server: all its parts, on one port. {@link #start} begins to listen; {@link #drain} sends the
 * clients to other servers; {@link #close} tells those that are left, and ends.
 */
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  /** How many connections may wait to be accepted: after a restart, all clients come at once. */
  private static final int BACKLOG = 4_096;

  private static final int RECEIVE = 2_048;

  /** How many connections over the limit may wait for an answer. The others are closed at once. */
  private static final int MOST_REFUSED = 1_000;

  /** The shortest time between two warnings of one kind. */
  private static final long QUIET = TimeUnit.MINUTES.toNanos(1);

  private static final String LEAK_DETECTION = "io.netty.leakDetection.level";

  private static final int CLOSE_SECONDS = 2;

  private final GatewayOptions options;
  private final boolean epoll = Epoll.isAvailable();
  private final EventLoopGroup loops;
  private final Blocking blocking;
  private final EventLoops eventLoops;
  private final InetSocketAddress address;
  private final HttpHandler.Tools tools;
  private final ChannelGroup httpConnections =
      new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final AtomicLong lastHeaderless = new AtomicLong(System.nanoTime() - QUIET - 1);
  private final AtomicInteger connections = new AtomicInteger();
  private final Traffic traffic;
  private final Limits limits;
  private final Accepting accepting;
  private final Draining draining = new Draining();
  private final @Nullable ServerTls tls;
  private @Nullable Channel listening;

  /** Loads the native code and the pool of buffers. Before any gateway is constructed. */
  public static void load() {
    // Otherwise Netty makes a second pool, for the listening socket.
    System.setProperty("io.netty.allocator.type", "pooled");
    // Netty would sample buffers to find leaks; the tests do that.
    if (System.getProperty(LEAK_DETECTION) == null) {
      System.setProperty(LEAK_DETECTION, "disabled");
    }
    Epoll.isAvailable();
    PooledByteBufAllocator.DEFAULT.metric();
  }

  /** A gateway for everybody, whose connections are not encrypted. */
  public Gateway(GatewayOptions options, Source source, Pages pages, Traffic traffic) {
    this(options, source, pages, traffic, Admission.OPEN, null, Presence.alone("this server"));
  }

  /**
   * Wires the parts. Nothing is bound before {@link #start}.
   *
   * @param tls to be closed after the gateway; null for connections without TLS
   * @param presence begins with the gateway, and is to be closed after it
   * @throws OrderwireException {@code cannot_listen} if the host does not resolve
   */
  public Gateway(
      GatewayOptions options,
      Source data,
      Pages pages,
      Traffic traffic,
      Admission admission,
      @Nullable ServerTls tls,
      Presence presence) {
    Rounds rounds = new Rounds();
    Source source = data.with(new YieldingSnapshots(data.snapshots(), rounds::areDue));
    this.options = options;
    this.tls = tls;
    this.traffic = traffic;
    this.limits = new Limits(options, traffic, presence);
    this.accepting = new Accepting(traffic);
    this.address = new InetSocketAddress(options.host(), options.port());
    if (address.isUnresolved()) {
      throw new OrderwireException(
          ErrorCode.CANNOT_LISTEN,
          "the host '%s' does not resolve: set server.host to an address of this machine"
              .formatted(options.host()));
    }
    this.loops =
        new MultiThreadIoEventLoopGroup(
            Runtime.getRuntime().availableProcessors(),
            new DefaultThreadFactory("gateway"),
            epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    this.blocking = new Blocking(options, traffic);
    RequestedViews views = new RequestedViews(source.catalog(), options, traffic);
    Subscriber subscriber = new Subscriber(source, views, blocking, limits, options, traffic);
    this.eventLoops =
        new EventLoops(
            loops,
            source.feed(),
            source.catalog(),
            admission::changesAt,
            options,
            traffic,
            rounds,
            subscriber,
            presence);
    admission.onRevoked(eventLoops::closeRevoked);
    Entrance entrance = new Entrance(admission, blocking);
    this.tools =
        new HttpHandler.Tools(
            new Routes(
                new Api(
                    source, views, options, new Explainer(source, eventLoops, options), admission),
                new Connections(presence, address.getAddress().isLoopbackAddress()),
                new ClientFiles(),
                pages,
                draining,
                options.servesClients()),
            new Origins(address.getAddress(), options.origins()),
            entrance,
            limits,
            new Upgrade(eventLoops, subscriber, entrance, options, traffic),
            blocking,
            new StoredAnswers(blocking, limits, new Failures(traffic), traffic),
            options,
            traffic,
            draining,
            httpConnections);
    source.feed().onAppend(eventLoops::onAppend);
    presence.begin(new OwnConnections(eventLoops, limits));
  }

  /**
   * Begins to listen.
   *
   * @return the address, with the port that was chosen if the options say 0
   * @throws OrderwireException {@code cannot_listen}
   */
  public InetSocketAddress start() {
    int most = options.intLimit(Limit.OUTBOUND_BYTES);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            // Clients send little, so nothing is gained by adapting to each.
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE))
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(most / 2, most))
            .childHandler(new Accepted());
    if (epoll) {
      // Otherwise the kernel buffers megabytes for a client that does not read.
      bootstrap.childOption(EpollChannelOption.TCP_NOTSENT_LOWAT, (long) most);
    }
    var bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new OrderwireException(
          ErrorCode.CANNOT_LISTEN,
          "cannot listen on %s:%d: %s; stop the process that uses the port, or choose another server.port"
              .formatted(options.host(), options.port(), bound.cause().getMessage()),
          bound.cause());
    }
    Channel channel = bound.channel();
    listening = channel;
    // After Netty's own handler, which pauses after an error.
    channel.pipeline().addLast(accepting);
    InetSocketAddress where = (InetSocketAddress) channel.localAddress();
    LOG.info("listens on {} ({})", where, epoll ? "epoll" : "NIO");
    return where;
  }

  /**
   * Waits for every event loop to pass a cursor of the feed. For any thread.
   *
   * @return one future for each event loop, completed once its live subscriptions have been served
   *     up to the cursor, or are too slow for it; never, if the event loop hangs
   */
  public List<CompletableFuture<Void>> passing(long cursor) {
    return eventLoops.passing(cursor);
  }

  private final class Accepted extends ChannelInitializer<SocketChannel> {
    @Override
    protected void initChannel(SocketChannel channel) {
      accepting.accepted();
      int open = connections.incrementAndGet();
      boolean admitted = open <= options.limit(Limit.CONNECTIONS);
      channel.closeFuture().addListener(_ -> closed());
      if (open > options.limit(Limit.CONNECTIONS) + MOST_REFUSED) {
        traffic.overLimit(Limit.CONNECTIONS);
        Sockets.close(channel);
        return;
      }
      Peer peer = options.proxies().peer(channel.remoteAddress().getAddress());
      if (peer.trusted() && options.proxies().speakProtocol()) {
        ProxyHeader.await(
            channel.pipeline(),
            peer.address(),
            options.proxies(),
            options.limit(Limit.HANDSHAKE_SECONDS),
            client -> serve(channel, client, admitted),
            Gateway.this::headerless);
      } else {
        serve(channel, peer, admitted);
      }
    }

    private void serve(SocketChannel channel, Peer peer, boolean admitted) {
      Allowance allowance = limits.connection(peer, channel.eventLoop());
      channel.closeFuture().addListener(_ -> allowance.end());
      if (allowance.isToBeDropped()) {
        Sockets.close(channel);
        return;
      }
      if (tls != null) {
        tls.addTo(channel.pipeline(), options.limit(Limit.HANDSHAKE_SECONDS));
      }
      channel
          .pipeline()
          .addLast(
              new HttpRequestDecoder(
                  new HttpDecoderConfig()
                      .setMaxInitialLineLength(options.intLimit(Limit.URL_BYTES))
                      .setMaxHeaderSize(options.intLimit(Limit.HEADER_BYTES))))
          .addLast(new HttpResponseEncoder())
          .addLast(new HttpHandler(tools, admitted, peer, allowance));
    }
  }

  /** A proxy began a connection without its header. */
  private void headerless(InetAddress proxy, String why) {
    traffic.refused(ErrorCode.BAD_REQUEST);
    long now = System.nanoTime();
    long last = lastHeaderless.get();
    if (now - last > QUIET && lastHeaderless.compareAndSet(last, now)) {
      LOG.warn(
          "The proxy {} began a connection without a valid header of the PROXY protocol ({}), and it was closed. Configure the proxy to send it (HAProxy: send-proxy-v2), or remove proxies.proxy-protocol",
          proxy.getHostAddress(),
          why);
    }
  }

  private void closed() {
    long most = options.limit(Limit.CONNECTIONS);
    // Not with the first free place, or each client at the limit would end what the next begins.
    if (connections.decrementAndGet() <= most - Math.max(1, most / 20)) {
      traffic.serves(Use.of(Resource.CONNECTIONS));
    }
  }

  /**
   * Sends the clients to other servers. Returns when all have left, or when the time is over;
   * {@link #close} follows. Not for an event loop.
   */
  public void drain(DrainOptions how) throws InterruptedException {
    Drain.Doors doors =
        new Drain.Doors() {
          @Override
          public void close() {
            stopListening();
          }

          @Override
          public void endHttp() {
            Gateway.this.endHttp(HttpHandler.End.SOON);
          }

          @Override
          public int open() {
            return connections();
          }
        };
    new Drain(how, doors, draining, eventLoops).run();
  }

  /** How many connections are open, of whatever kind. */
  int connections() {
    return connections.get();
  }

  private void stopListening() {
    if (listening != null) {
      listening.close().awaitUninterruptibly();
    }
  }

  private void endHttp(HttpHandler.End end) {
    httpConnections.forEach(channel -> channel.pipeline().fireUserEventTriggered(end));
  }

  /** Stops listening, tells the clients, and waits shortly for them to leave. */
  @Override
  public void close() {
    if (loops.isShuttingDown()) {
      return;
    }
    stopListening();
    eventLoops.closeAll(CloseReason.GOING_AWAY);
    endHttp(HttpHandler.End.NOW);
    blocking.close();
    awaitNoConnections();
    loops.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private void awaitNoConnections() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
    try {
      while (connections.get() > 0 && System.nanoTime() < deadline) {
        Thread.sleep(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
