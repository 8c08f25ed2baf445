-- One row per release: the twenty latest, newest first.
select
    released_at,
    repo_name,
    release_tag,
    actor_login
from gold.v_releases
order by released_at desc, event_id desc
limit 20;
