-- The roles of a warehouse, made where they are missing: groups without a login, which whoever is to log in is made a member of.
-- They belong to the server: several warehouses on it share them. Needs CREATEROLE. Any number of times.
do $$
declare
    described record;
begin
    for described in
        select *
        from (values
            ('assay_owner', 'Owns the warehouses of this server: creates and upgrades them.'),
            ('assay_listener', 'Brings raw events into a warehouse: bronze, and the book-keeping of it.'),
            ('assay_transformer', 'Makes silver and gold of bronze.'),
            ('assay_reader', 'Reads a warehouse, and nothing else.')
        ) as roles (role_name, what)
        where to_regrole(role_name) is null
    loop
        execute format('create role %I nologin', described.role_name);
        execute format('comment on role %I is %L', described.role_name, described.what);
    end loop;

    -- Who made a role may use it only after granting it to itself. Superusers may anyway.
    if not pg_has_role(current_user, 'assay_owner', 'set') then
        begin
            execute format('grant assay_owner to %I with inherit true, set true', current_user);
        exception when insufficient_privilege then
            -- Somebody else's role: what is installed stays with who installs it.
            null;
        end;
    end if;

    -- For ops.oldest_open_transaction, which without it knows of no time and keeps the watermark one grace window behind.
    if not pg_has_role('assay_owner', 'pg_read_all_stats', 'usage') then
        begin
            grant pg_read_all_stats to assay_owner;
        exception when insufficient_privilege then
            null;
        end;
    end if;
end;
$$;
