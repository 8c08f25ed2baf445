-- One row.
--
-- Bytes on disk of the whole database. On a Citus coordinator, where it would leave out the workers, status reads
-- database-size-citus instead.
select pg_database_size(current_database()) as database_bytes;
