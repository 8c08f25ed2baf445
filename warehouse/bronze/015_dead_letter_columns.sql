-- One row per item refused, as before; of the record of a CSV file now with what makes an event of it.
alter table bronze.dead_letter_queue add column csv_columns jsonb;
comment on column bronze.dead_letter_queue.csv_columns is 'Of a whole record of a CSV file: its delimiter, the number of its columns, and which path in the event each stands for, so that it can be replayed. NULL for everything else.';
