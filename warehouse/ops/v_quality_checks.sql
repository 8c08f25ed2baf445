-- One row per check that has ever run.
--
-- Names are found by stepping through the index (check_name, checked_at): a probe each, however long the history.
create or replace view ops.v_quality_checks as
with recursive
names as (
    (select check_name from ops.quality_results order by check_name limit 1)
    union all
    select (
        select next_result.check_name
        from ops.quality_results as next_result
        where next_result.check_name > names.check_name
        order by next_result.check_name
        limit 1
    )
    from names
    where names.check_name is not null
)
select check_name
from names
where check_name is not null;
comment on view ops.v_quality_checks is 'Checks that have ever run. One row per check; what they found is in ops.quality_results.';
comment on column ops.v_quality_checks.check_name is 'Name of the check, which is its claim.';
