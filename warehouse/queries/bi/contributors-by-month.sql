-- One row per UTC month: contributors of all repositories, each counted once in each, by whether they came back.
select
    month,
    sum(first_time_count)::bigint as new_contributors,
    sum(returning_count)::bigint as returning_contributors
from gold.v_contributors
group by month
order by month;
