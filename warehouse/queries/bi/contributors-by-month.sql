-- One row per UTC month: contributors of all repositories, each counted once in each, by whether they came back.
select
    month,
    sum(new_contributor_count)::bigint as new_contributors,
    sum(returning_contributor_count)::bigint as returning_contributors
from gold.v_repo_monthly_contributors
group by month
order by month;
