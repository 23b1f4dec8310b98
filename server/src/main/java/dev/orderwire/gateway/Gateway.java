package dev.orderwire.gateway;

import dev.orderwire.auth.Admission;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.catchup.Blocking;
import dev.orderwire.gateway.catchup.Failures;
import dev.orderwire.gateway.catchup.Source;
import dev.orderwire.gateway.catchup.Subscriber;
import dev.orderwire.gateway.fanout.EventLoops;
import dev.orderwire.gateway.http.Api;
import dev.orderwire.gateway.http.ClientFiles;
import dev.orderwire.gateway.http.Entrance;
import dev.orderwire.gateway.http.HttpHandler;
import dev.orderwire.gateway.http.Origins;
import dev.orderwire.gateway.http.Pages;
import dev.orderwire.gateway.http.Routes;
import dev.orderwire.gateway.http.Upgrade;
import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.Resource;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.gateway.protocol.Use;
import dev.orderwire.gateway.tls.ServerTls;
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
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server: all its parts, on one port. {@link #start} begins to listen; {@link #close} tells the
 * clients, and ends.
 */
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  /** How many connections may wait to be accepted: after a restart, all clients come at once. */
  private static final int BACKLOG = 4_096;

  private static final int RECEIVE = 2_048;

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
  private final AtomicInteger connections = new AtomicInteger();
  private final Traffic traffic;
  private final Accepting accepting;
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
    this(options, source, pages, traffic, Admission.OPEN, null);
  }

  /**
   * Wires the parts. Nothing is bound before {@link #start}.
   *
   * @param tls to be closed after the gateway; null for connections without TLS
   * @throws OrderwireException {@code cannot_listen} if the host does not resolve
   */
  public Gateway(
      GatewayOptions options,
      Source source,
      Pages pages,
      Traffic traffic,
      Admission admission,
      @Nullable ServerTls tls) {
    this.options = options;
    this.tls = tls;
    this.traffic = traffic;
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
    Subscriber subscriber = new Subscriber(source, blocking, options, traffic);
    this.eventLoops =
        new EventLoops(loops, source.feed(), source.catalog(), options, traffic, subscriber);
    Entrance entrance = new Entrance(admission, blocking);
    this.tools =
        new HttpHandler.Tools(
            new Routes(new Api(source, options), new ClientFiles(), pages),
            new Origins(address.getAddress(), options.origins(), tls != null),
            entrance,
            new Upgrade(eventLoops, subscriber, entrance, options, traffic),
            blocking,
            new Failures(traffic),
            options,
            traffic,
            httpConnections);
    source.feed().onAppend(eventLoops::onAppend);
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
      boolean admitted = connections.incrementAndGet() <= options.limit(Limit.CONNECTIONS);
      channel.closeFuture().addListener(_ -> closed());
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
          .addLast(new HttpHandler(tools, admitted));
    }
  }

  private void closed() {
    long most = options.limit(Limit.CONNECTIONS);
    // Not with the first free place, or each client at the limit would end what the next begins.
    if (connections.decrementAndGet() <= most - Math.max(1, most / 20)) {
      traffic.serves(Use.of(Resource.CONNECTIONS));
    }
  }

  /** Stops listening, tells the clients, and waits shortly for them to leave. */
  @Override
  public void close() {
    if (loops.isShuttingDown()) {
      return;
    }
    if (listening != null) {
      listening.close().awaitUninterruptibly();
    }
    eventLoops.closeAll(CloseReason.GOING_AWAY);
    httpConnections.forEach(
        channel -> channel.pipeline().fireUserEventTriggered(HttpHandler.Shutdown.STARTED));
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
