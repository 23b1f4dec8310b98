-- An empty data folder begins with this: a table, and the user of Orderwire with what docs/deployment.md asks for.
-- The image has made the database `shop`, and the user `orderwire` with its password.
CREATE TABLE shop.orders (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_name VARCHAR(255) NOT NULL,
  product_name VARCHAR(255) NOT NULL,
  quantity INT NOT NULL DEFAULT 1,
  amount DECIMAL(10,2) NOT NULL DEFAULT 0,
  status VARCHAR(32) NOT NULL DEFAULT 'pending',
  created_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
);
REVOKE ALL PRIVILEGES ON shop.* FROM 'orderwire'@'%';
GRANT SELECT, TRIGGER ON shop.orders TO 'orderwire'@'%';
GRANT SELECT, INSERT, DELETE, CREATE ON shop.orderwire_change_log TO 'orderwire'@'%';
GRANT SELECT, INSERT, UPDATE, CREATE, TRIGGER ON shop.orderwire_canary TO 'orderwire'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON shop.orderwire_state TO 'orderwire'@'%';
GRANT SELECT, CREATE, TRIGGER ON shop.orderwire_revoked TO 'orderwire'@'%';
GRANT SELECT ON performance_schema.* TO 'orderwire'@'%';
GRANT PROCESS, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'orderwire'@'%';
