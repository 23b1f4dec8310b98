// The peer of `bench latency`: pushes every row event of the table orders from MySQL's binlog, as JSON, to every
// WebSocket client. No filter, no resume, no snapshot: as little as a push server can do.
import ZongJi from '@powersync/mysql-zongji';
import { WebSocketServer } from 'ws';

const { MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD, MYSQL_DATABASE } = process.env;
const OPS = { WriteRows: 'insert', UpdateRows: 'update', DeleteRows: 'delete' };
const SUBSCRIBED = JSON.stringify({ type: 'subscribed' });

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
server.on('connection', client => {
  // ws closes the connection after an error; without a listener, the error would end the process.
  client.on('error', () => {});
  client.send(SUBSCRIBED);
});

function change(op, event) {
  const row = op === 'update' ? event.after : event;
  return { op, key: { id: row.id }, row, old: op === 'update' ? event.before : null };
}

// The benchmark holds stdin open; when it ends, so does this process.
process.stdin.on('end', () => process.exit()).resume();

const binlog = new ZongJi({
  host: MYSQL_HOST,
  port: Number(MYSQL_PORT),
  user: MYSQL_USER,
  password: MYSQL_PASSWORD,
});
binlog.on('error', error => {
  console.error(error);
  process.exit(1);
});
binlog.on('binlog', event => {
  const op = OPS[event.getTypeName()];
  if (op === undefined) {
    return;
  }
  const changes = event.rows.map(row => change(op, row));
  // Encoded once for all clients: ws sends a buffer as it is.
  const message = Buffer.from(JSON.stringify({ type: 'changes', changes }));
  for (const client of server.clients) {
    client.send(message, { binary: false });
  }
});
binlog.on('ready', () => {
  console.log(`ws://127.0.0.1:${server.address().port}/ws`);
});
server.on('listening', () =>
  binlog.start({
    serverId: 2,
    startAtEnd: true,
    includeEvents: ['tablemap', 'writerows', 'updaterows', 'deleterows'],
    includeSchema: { [MYSQL_DATABASE]: ['orders'] },
  }),
);
